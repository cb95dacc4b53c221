// Asks for the number and sends the code, as often as it takes.
#include "client/phone_login.hpp"

#include "client/login_code.hpp"
#include "client/login_password.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace mtproto::core {

io::awaitable<outcome<granted>> phone_login::run() {
    for (;;) {
        outcome<code_end> end = co_await attempt();
        if (!end) {
            const bool again = end.error().is("AUTH_RESTART") && !std::exchange(began_again_, true);
            if (!again) co_return explained(end.error());
            continue;
        }
        if (auto* login = std::get_if<granted>(&*end)) co_return std::move(*login);
        if (std::get<restart>(*end) == restart::number) phone_.clear();
    }
}

io::awaitable<outcome<code_end>> phone_login::attempt() {
    outcome<tl::auth::SentCode> sent = co_await send_code();
    if (sent) {
        code_step code(site_, ui_, phone_);
        co_return co_await code.run(std::move(*sent));
    }
    // With a token of an earlier login no code is sent.
    if (!needs_password(sent.error())) co_return sent.error();
    login_password password(site_, ui_);
    outcome<granted> login = co_await password.run();
    if (!login) co_return login.error();
    co_return code_end(std::move(*login));
}

io::awaitable<outcome<tl::auth::SentCode>> phone_login::send_code() {
    for (;;) {
        if (phone_.empty()) {
            std::optional<std::string> given = co_await ui_.phone_number();
            if (!given) co_return failure(errc::cancelled);
            phone_ = normalized_phone(*given);
        }
        tl::codeSettings settings;
        if (!site_.future_tokens.empty()) settings.logout_tokens = site_.future_tokens;
        tl::auth::sendCode request;
        request.phone_number = phone_;
        request.api_id = site_.api.id;
        request.api_hash = site_.api.hash;
        request.settings = std::move(settings);
        outcome<tl::auth::SentCode> sent = co_await call(site_.home, request, only_once());
        if (sent || !sent.error().is("PHONE_NUMBER_INVALID")) co_return sent;
        ui_.wrong("this is no phone number; it begins with the country's code");
        phone_.clear();
    }
}

}  // namespace mtproto::core
