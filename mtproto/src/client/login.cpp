// Logging in and out: bot token, or phone number and code (protocol 7.1, 7.4).
#include "client/advice.hpp"
#include "client/engine.hpp"

#include <mtproto/tl_api.hpp>

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
    call_options how;
    how.idempotent = false;
    return how;
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
bool is_typing_error(const failure& what) {
    return what.is("PHONE_CODE_INVALID") || what.is("PHONE_CODE_EMPTY") || what.is("EMAIL_CODE_INVALID");
}

}  // namespace

io::awaitable<outcome<account>> engine::login(login_ui& ui) {
    const auto self = shared_from_this();
    std::string phone;
    for (;;) {
        const outcome<bytes> sent = co_await send_code(ui, phone);
        if (!sent) co_return sent.error();
        const auto answer = tl::decode<tl::auth::SentCode>(*sent);
        if (!answer) co_return undecodable(answer.error(), tl::auth::sendCode::tl_name);
        if (const auto* at_once = answer->as<tl::auth::sentCodeSuccess>()) {
            const bytes authorization = tl::encode(at_once->authorization);
            co_return logged_in(authorization);
        }
        const auto* code = answer->as<tl::auth::sentCode>();
        if (!code)
            co_return failure(errc::not_authorized,
                              "this number must pay for its code; log in with an official app first");
        if (code->type.as<tl::auth::sentCodeTypeSetUpEmailRequired>())
            co_return failure(errc::not_authorized,
                              "this account needs a login email; set one up with an official app first");
        const code_info about = describe(code->type);
        const bool by_email = code->type.as<tl::auth::sentCodeTypeEmailCode>() != nullptr;
        outcome<account> who = co_await sign_in(ui, phone, code->phone_code_hash, about, by_email);
        if (who || !who.error().is("PHONE_CODE_EXPIRED")) co_return who;
        ui.wrong("the code has expired; a new one is on its way");
    }
}

io::awaitable<outcome<bytes>> engine::send_code(login_ui& ui, std::string& phone) {
    for (;;) {
        if (phone.empty()) {
            std::optional<std::string> given = co_await ui.phone_number();
            if (!given) co_return failure(errc::cancelled);
            phone = std::move(*given);
        }
        tl::auth::sendCode request;
        request.phone_number = phone;
        request.api_id = settings_.api.id;
        request.api_hash = settings_.api.hash;
        const bytes encoded = tl::encode(request);
        const call_options how = once();
        outcome<bytes> sent = co_await call(encoded, tl::auth::sendCode::tl_name, how);
        if (sent || !sent.error().is("PHONE_NUMBER_INVALID")) co_return sent;
        ui.wrong("this is no phone number; it begins with the country's code");
        phone.clear();
    }
}

io::awaitable<outcome<account>> engine::sign_in(login_ui& ui, std::string phone, std::string code_hash,
                                                code_info about, bool by_email) {
    for (;;) {
        const std::optional<std::string> code = co_await ui.code(about);
        if (!code) co_return failure(errc::cancelled);
        tl::auth::signIn request;
        request.phone_number = phone;
        request.phone_code_hash = code_hash;
        if (by_email) {
            tl::emailVerificationCode proof;
            proof.code = normalized_code(*code);
            request.email_verification = std::move(proof);
        } else {
            request.phone_code = normalized_code(*code);
        }
        const bytes encoded = tl::encode(request);
        const call_options how = once();
        const outcome<bytes> answer = co_await call(encoded, tl::auth::signIn::tl_name, how);
        if (answer) co_return logged_in(*answer);
        if (advice_on(answer.error(), true).what == rpc::action::need_password)
            co_return co_await check_password(ui);
        if (!is_typing_error(answer.error())) co_return answer.error();
        ui.wrong("this is not the code");
    }
}

outcome<account> engine::logged_in(const bytes& authorization) {
    const auto answer = tl::decode<tl::auth::Authorization>(authorization);
    if (!answer) return undecodable(answer.error(), tl::auth::signIn::tl_name);
    const auto* granted = answer->as<tl::auth::authorization>();
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

    ++centre_of(session_.home()).authorizations;
    if (const outcome<void> saved = session_.logged_in(who.user_id, who.bot); !saved) return saved.error();
    return who;
}

io::awaitable<outcome<account>> engine::login_bot(std::string token) {
    const auto self = shared_from_this();
    tl::auth::importBotAuthorization request;
    request.api_id = settings_.api.id;
    request.api_hash = settings_.api.hash;
    request.bot_auth_token = std::move(token);
    const bytes encoded = tl::encode(request);
    const call_options how = once();
    const outcome<bytes> answer = co_await call(encoded, tl::auth::importBotAuthorization::tl_name, how);
    if (answer) co_return logged_in(*answer);
    failure why = answer.error();
    if (why.is("ACCESS_TOKEN_INVALID") || why.is("ACCESS_TOKEN_EXPIRED"))
        why.detail = "this is not a token that @BotFather gave, or it was revoked";
    co_return why;
}

io::awaitable<outcome<bool>> engine::authorized() {
    const auto self = shared_from_this();
    if (!connected_) co_return failure(errc::not_connected, "connect() comes first");
    if (!session_.logged_in()) co_return false;
    tl::users::getUsers request;
    request.id.emplace_back(tl::inputUserSelf{});
    const bytes encoded = tl::encode(request);
    const call_options how;
    const outcome<bytes> answer = co_await call(encoded, tl::users::getUsers::tl_name, how);
    if (answer) co_return true;
    if (answer.error().code == make_error_code(errc::not_authorized)) co_return false;
    co_return answer.error();
}

io::awaitable<outcome<void>> engine::logout() {
    const auto self = shared_from_this();
    const tl::auth::logOut request{};
    const bytes encoded = tl::encode(request);
    const call_options how = once();
    const outcome<bytes> answer = co_await call(encoded, tl::auth::logOut::tl_name, how);
    if (!answer && answer.error().code != make_error_code(errc::not_authorized)) co_return answer.error();
    // The server forgets what the keys stood for: none is used again.
    const outcome<void> removed = session_.logged_out();
    for (const auto& [dc, at] : centres_) {
        at->key->on_drop = nullptr;
        at->key->drop();
    }
    close();
    co_return removed;
}

}  // namespace mtproto::core
