// Asks for the address and for the code that proves it.
#include "client/email_setup.hpp"

#include "client/login_code.hpp"

namespace mtproto::core {

tl::emailVerifyPurposeLoginSetup email_setup::purpose() const {
    tl::emailVerifyPurposeLoginSetup made;
    made.phone_number = phone_;
    made.phone_code_hash = hash_;
    return made;
}

io::awaitable<outcome<tl::auth::SentCode>> email_setup::run() {
    for (;;) {
        outcome<tl::account::sentEmailCode> sent = co_await send_code();
        if (!sent) co_return sent.error();
        outcome<std::optional<tl::auth::SentCode>> verified = co_await verify(std::move(*sent));
        if (!verified) co_return verified.error();
        if (*verified) co_return std::move(**verified);
    }
}

io::awaitable<outcome<tl::account::sentEmailCode>> email_setup::send_code() {
    for (;;) {
        if (address_.empty()) {
            std::optional<std::string> given = co_await ui_.email();
            if (!given || given->empty())
                co_return failure(
                    errc::not_authorized,
                    "this account needs an e-mail address for its login codes; give one, or set "
                    "it up with an official app");
            address_ = std::move(*given);
        }
        tl::account::sendVerifyEmailCode request;
        request.purpose = purpose();
        request.email = address_;
        outcome<tl::account::sentEmailCode> sent = co_await call(site_.home, request, only_once());
        const bool is_refused =
            !sent && (sent.error().is("EMAIL_INVALID") || sent.error().is("EMAIL_NOT_ALLOWED"));
        if (!is_refused) co_return sent;
        ui_.wrong("the server does not take this e-mail address");
        address_.clear();
    }
}

io::awaitable<outcome<std::optional<tl::auth::SentCode>>> email_setup::verify(
    tl::account::sentEmailCode sent) {
    code_way::email way;
    way.pattern = sent.email_pattern;
    way.is_new = true;
    code_info about;
    about.way = std::move(way);
    about.length = sent.length;
    for (;;) {
        code_answer given = co_await ui_.answer_code(about);
        switch (given.wish) {
            case code_wish::give_up:
                co_return failure(errc::cancelled);
            case code_wish::another_number:
            case code_wish::another_email:
                address_.clear();
                co_return std::optional<tl::auth::SentCode>();
            case code_wish::another_code:
                co_return std::optional<tl::auth::SentCode>();
            case code_wish::enter:
                break;
        }
        tl::emailVerificationCode proof;
        proof.code = normalized_code(given.code);
        tl::account::verifyEmail request;
        request.purpose = purpose();
        request.verification = std::move(proof);
        outcome<tl::account::EmailVerified> answer = co_await call(site_.home, request, only_once());
        if (answer) {
            auto* login = answer->as<tl::account::emailVerifiedLogin>();
            if (!login) co_return failure(errc::malformed, "the server did not go on with the login");
            co_return std::optional<tl::auth::SentCode>(std::move(login->sent_code));
        }
        const failure& why = answer.error();
        if (why.is("EMAIL_VERIFY_EXPIRED")) {
            ui_.wrong("the code has expired; a new one is on its way");
            co_return std::optional<tl::auth::SentCode>();
        }
        if (!why.is("CODE_INVALID") && !why.is("EMAIL_CODE_INVALID") && !why.is("CODE_EMPTY")) co_return why;
        ui_.wrong("this is not the code");
    }
}

}  // namespace mtproto::core
