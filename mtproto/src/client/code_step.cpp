// Asks for the code, and does what the person or the server wants in its place.
#include "client/code_step.hpp"

#include "client/email_setup.hpp"
#include "client/login_code.hpp"
#include "client/login_password.hpp"

namespace mtproto::core {
namespace {

/// More ways in a row than there are.
constexpr int most_unshown = 5;

bool is_typing_error(const failure& why) {
    return why.is("PHONE_CODE_INVALID") || why.is("PHONE_CODE_EMPTY") || why.is("EMAIL_CODE_INVALID");
}

std::string in_seconds(duration time) {
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count()) + " s";
}

}  // namespace

io::awaitable<outcome<code_end>> code_step::run(tl::auth::SentCode answer) {
    for (;;) {
        if (const auto* at_once = answer.as<tl::auth::sentCodeSuccess>()) {
            outcome<granted> login = granted_by(at_once->authorization);
            if (!login) co_return login.error();
            co_return code_end(std::move(*login));
        }
        auto* sent = answer.as<tl::auth::sentCode>();
        if (!sent)
            co_return failure(errc::not_authorized,
                              "Telegram wants to be paid for a code to this number; log in by QR code, or "
                              "with an official app");
        io::awaitable<outcome<next>> following = follow(std::move(*sent));
        outcome<next> then = co_await std::move(following);
        if (!then) co_return then.error();
        if (auto* login = std::get_if<granted>(&*then)) co_return code_end(std::move(*login));
        if (const auto* again = std::get_if<restart>(&*then)) co_return code_end(*again);
        answer = std::move(std::get<tl::auth::SentCode>(*then));
    }
}

io::awaitable<outcome<code_step::next>> code_step::follow(tl::auth::sentCode sent) {
    sent_ = std::move(sent);
    sent_at_ = site_.environment.time->now();
    const bool for_official_apps = sent_.type.as<tl::auth::sentCodeTypeFirebaseSms>() != nullptr;
    const bool wants_email = sent_.type.as<tl::auth::sentCodeTypeSetUpEmailRequired>() != nullptr;
    if (!for_official_apps && !wants_email) {
        unshown_ = 0;
        co_return co_await ask();
    }
    if (++unshown_ > most_unshown)
        co_return failure(errc::not_authorized, "the server sends no code that can be given here");
    outcome<tl::auth::SentCode> other = errc::cancelled;
    if (for_official_apps) {
        other = co_await resend();
    } else {
        email_setup setup(site_, ui_, phone_, sent_.phone_code_hash);
        other = co_await setup.run();
    }
    if (!other) co_return other.error();
    co_return next(std::move(*other));
}

code_info code_step::about() const {
    return info_of(sent_, site_.environment.time->now() - sent_at_);
}

io::awaitable<outcome<code_step::next>> code_step::ask() {
    for (;;) {
        const code_info shown = about();
        code_answer given = co_await ui_.answer_code(shown);
        maybe_next then = co_await act_on(std::move(given), shown);
        if (!then) co_return then.error();
        if (*then) co_return std::move(**then);
    }
}

io::awaitable<code_step::maybe_next> code_step::act_on(code_answer given, const code_info& about) {
    switch (given.wish) {
        case code_wish::give_up:
            break;
        case code_wish::another_number:
            co_await cancel();
            co_return next(restart::number);
        case code_wish::another_code:
            co_return co_await send_another(about);
        case code_wish::another_email:
            co_return co_await give_up_email();
        case code_wish::enter: {
            std::string code = normalized_code(given.code);
            if (has_length(about, code)) co_return co_await sign_in(std::move(code));
            ui_.wrong("this is not the code, which has " + std::to_string(about.length) + " digits");
            co_return std::optional<next>();
        }
    }
    co_return failure(errc::cancelled);
}

io::awaitable<code_step::maybe_next> code_step::sign_in(std::string code) {
    tl::auth::signIn request;
    request.phone_number = phone_;
    request.phone_code_hash = sent_.phone_code_hash;
    if (sent_.type.as<tl::auth::sentCodeTypeEmailCode>()) {
        tl::emailVerificationCode proof;
        proof.code = std::move(code);
        request.email_verification = std::move(proof);
    } else {
        request.phone_code = std::move(code);
    }
    const outcome<tl::auth::Authorization> answer = co_await call(site_.home, request, only_once());
    if (answer || needs_password(answer.error())) {
        login_password password(site_, ui_);
        outcome<granted> login = errc::cancelled;
        if (answer)
            login = granted_by(*answer);
        else
            login = co_await password.run();
        if (!login) co_return login.error();
        co_return next(std::move(*login));
    }
    if (answer.error().is("PHONE_CODE_EXPIRED")) {
        ui_.wrong(
            "the code has expired, as one does at once that was sent on in Telegram; a new one is on its "
            "way");
        co_return next(restart::code);
    }
    if (!is_typing_error(answer.error())) co_return answer.error();
    ui_.wrong("this is not the code");
    co_return std::optional<next>();
}

io::awaitable<code_step::maybe_next> code_step::send_another(const code_info& about) {
    if (about.next_after > duration{}) {
        ui_.wrong("another code can be asked for in " + in_seconds(about.next_after));
        co_return std::optional<next>();
    }
    outcome<tl::auth::SentCode> other = co_await resend();
    if (other) co_return next(std::move(*other));
    if (other.error().is("PHONE_CODE_EXPIRED")) co_return next(restart::code);
    if (!other.error().is("SEND_CODE_UNAVAILABLE")) co_return other.error();
    // The one that was sent may still come.
    ui_.wrong(explained(other.error()).detail);
    co_return std::optional<next>();
}

io::awaitable<code_step::maybe_next> code_step::give_up_email() {
    tl::auth::resetLoginEmail request;
    request.phone_number = phone_;
    request.phone_code_hash = sent_.phone_code_hash;
    outcome<tl::auth::SentCode> other = co_await call(site_.home, request, only_once());
    if (other) co_return next(std::move(*other));
    if (other.error().code != errc::rpc_error || other.error().rpc_code != 400) co_return other.error();
    ui_.wrong("the server keeps the e-mail address for now");
    co_return std::optional<next>();
}

io::awaitable<outcome<tl::auth::SentCode>> code_step::resend() {
    tl::auth::resendCode request;
    request.phone_number = phone_;
    request.phone_code_hash = sent_.phone_code_hash;
    co_return co_await call(site_.home, request, only_once());
}

/// So that nobody can use it. One that stays does little harm.
io::awaitable<void> code_step::cancel() {
    tl::auth::cancelCode request;
    request.phone_number = phone_;
    request.phone_code_hash = sent_.phone_code_hash;
    static_cast<void>(co_await call(site_.home, request, only_once()));
}

}  // namespace mtproto::core
