// Logging in by bot token, or by phone number and code (protocol 7.1).
#include "client/login.hpp"

#include "client/advice.hpp"

#include <optional>
#include <utility>

namespace mtproto::core {
namespace {

code_info describe(const tl::auth::SentCodeType& type) {
    code_info made;
    const auto is = [&](const char* via, int length = 0) {
        made.via = via;
        made.length = length;
    };
    if (const auto* app = type.as<tl::auth::sentCodeTypeApp>())
        is("app", app->length);
    else if (const auto* sms = type.as<tl::auth::sentCodeTypeSms>())
        is("sms", sms->length);
    else if (const auto* call = type.as<tl::auth::sentCodeTypeCall>())
        is("call", call->length);
    else if (type.as<tl::auth::sentCodeTypeFlashCall>())
        is("flash call");
    else if (const auto* missed = type.as<tl::auth::sentCodeTypeMissedCall>())
        is("missed call", missed->length);
    else if (const auto* mail = type.as<tl::auth::sentCodeTypeEmailCode>())
        is("email", mail->length);
    else if (const auto* fragment = type.as<tl::auth::sentCodeTypeFragmentSms>())
        is("fragment.com", fragment->length);
    else if (const auto* firebase = type.as<tl::auth::sentCodeTypeFirebaseSms>())
        is("sms", firebase->length);
    else
        is("sms");
    return made;
}

call_options once() {
    call_options options;
    options.idempotent = false;
    return options;
}

/// The code without the blanks and hyphens that people copy or type with it.
std::string normalized_code(std::string_view typed) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = typed.find_first_not_of(blanks);
    if (first == typed.npos) return {};
    typed = typed.substr(first, typed.find_last_not_of(blanks) - first + 1);
    std::string digits;
    for (const char each : typed) {
        if (each == '-' || blanks.find(each) != blanks.npos) continue;
        if (each < '0' || each > '9')
            return std::string(typed);  // a code of words, between which blanks count
        digits += each;
    }
    return digits;
}

/// Asking for a code or a password again helps against these.
bool is_typing_error(const failure& why) {
    return why.is("PHONE_CODE_INVALID") || why.is("PHONE_CODE_EMPTY") || why.is("EMAIL_CODE_INVALID");
}

outcome<account> account_of(const tl::auth::Authorization& answer) {
    const auto* granted = answer.as<tl::auth::authorization>();
    if (!granted)
        return failure(errc::not_authorized,
                       "there is no account with this phone number; sign up with an official app first");
    const auto* user = granted->user.as<tl::user>();
    if (!user) return failure(errc::malformed, "the server did not say who is logged in");
    account who;
    who.user_id = user->id;
    who.bot = user->bot;
    who.name = user->first_name.value_or("");
    if (user->last_name && !user->last_name->empty())
        who.name += (who.name.empty() ? "" : " ") + *user->last_name;
    who.username = user->username.value_or("");
    return who;
}

/// A login by phone number, from the number to the account.
class phone_login {
  public:
    phone_login(invoker& over, const api_credentials& api, random_source& random, login_ui& ui)
        : over_(over), api_(api), random_(random), ui_(ui) {}

    io::awaitable<outcome<account>> run();

  private:
    io::awaitable<outcome<tl::auth::SentCode>> send_code();
    io::awaitable<outcome<account>> sign_in(const tl::auth::sentCode& sent);

    invoker& over_;
    const api_credentials& api_;
    random_source& random_;
    login_ui& ui_;
    std::string phone_;
};

io::awaitable<outcome<account>> phone_login::run() {
    for (;;) {
        const outcome<tl::auth::SentCode> answer = co_await send_code();
        if (!answer) co_return answer.error();
        if (const auto* at_once = answer->as<tl::auth::sentCodeSuccess>())
            co_return account_of(at_once->authorization);
        const auto* sent = answer->as<tl::auth::sentCode>();
        if (!sent)
            co_return failure(errc::not_authorized,
                              "this number must pay for its code; log in with an official app first");
        if (sent->type.as<tl::auth::sentCodeTypeSetUpEmailRequired>())
            co_return failure(errc::not_authorized,
                              "this account needs a login email; set one up with an official app first");
        outcome<account> who = co_await sign_in(*sent);
        if (who || !who.error().is("PHONE_CODE_EXPIRED")) co_return who;
        ui_.wrong("the code has expired; a new one is on its way");
    }
}

io::awaitable<outcome<tl::auth::SentCode>> phone_login::send_code() {
    for (;;) {
        if (phone_.empty()) {
            std::optional<std::string> given = co_await ui_.phone_number();
            if (!given) co_return failure(errc::cancelled);
            phone_ = std::move(*given);
        }
        tl::auth::sendCode request;
        request.phone_number = phone_;
        request.api_id = api_.id;
        request.api_hash = api_.hash;
        outcome<tl::auth::SentCode> sent = co_await call(over_, request, once());
        if (sent || !sent.error().is("PHONE_NUMBER_INVALID")) co_return sent;
        ui_.wrong("this is no phone number; it begins with the country's code");
        phone_.clear();
    }
}

io::awaitable<outcome<account>> phone_login::sign_in(const tl::auth::sentCode& sent) {
    const code_info about = describe(sent.type);
    const bool by_email = sent.type.as<tl::auth::sentCodeTypeEmailCode>() != nullptr;
    for (;;) {
        const std::optional<std::string> code = co_await ui_.code(about);
        if (!code) co_return failure(errc::cancelled);
        tl::auth::signIn request;
        request.phone_number = phone_;
        request.phone_code_hash = sent.phone_code_hash;
        if (by_email) {
            tl::emailVerificationCode proof;
            proof.code = normalized_code(*code);
            request.email_verification = std::move(proof);
        } else {
            request.phone_code = normalized_code(*code);
        }
        const outcome<tl::auth::Authorization> answer = co_await call(over_, request, once());
        if (answer) co_return account_of(*answer);
        if (advice_on(answer.error(), true).action == rpc::action::need_password) {
            const outcome<tl::auth::Authorization> proved = co_await prove_password(over_, random_, ui_);
            if (!proved) co_return proved.error();
            co_return account_of(*proved);
        }
        if (!is_typing_error(answer.error())) co_return answer.error();
        ui_.wrong("this is not the code");
    }
}

}  // namespace

io::awaitable<outcome<account>> log_in(invoker& over, const api_credentials& api, random_source& random,
                                       login_ui& ui) {
    phone_login login(over, api, random, ui);
    co_return co_await login.run();
}

io::awaitable<outcome<account>> log_in_bot(invoker& over, const api_credentials& api, std::string token) {
    tl::auth::importBotAuthorization request;
    request.api_id = api.id;
    request.api_hash = api.hash;
    request.bot_auth_token = std::move(token);
    const outcome<tl::auth::Authorization> answer = co_await call(over, request, once());
    if (answer) co_return account_of(*answer);
    failure why = answer.error();
    if (why.is("ACCESS_TOKEN_INVALID") || why.is("ACCESS_TOKEN_EXPIRED"))
        why.detail = "this is not a token that @BotFather gave, or it was revoked";
    co_return why;
}

}  // namespace mtproto::core
