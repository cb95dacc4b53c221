// Chooses the way in, and the one that takes no person.
#include "client/login.hpp"

#include "client/phone_login.hpp"
#include "client/qr_login.hpp"

#include <optional>
#include <utility>

namespace mtproto::core {

io::awaitable<outcome<granted>> log_in(login_site& site, login_ui& ui, login_options options) {
    if (options.first == login_way::token) {
        qr_login by_token(site, ui, std::move(options.except_users));
        outcome<std::optional<granted>> login = co_await by_token.run();
        if (!login) co_return login.error();
        if (*login) co_return std::move(**login);
    }
    phone_login by_phone(site, ui);
    co_return co_await by_phone.run();
}

io::awaitable<outcome<granted>> log_in_bot(login_site& site, std::string token) {
    tl::auth::importBotAuthorization request;
    request.api_id = site.api.id;
    request.api_hash = site.api.hash;
    request.bot_auth_token = std::move(token);
    const outcome<tl::auth::Authorization> answer = co_await call(site.home, request, only_once());
    if (answer) co_return granted_by(*answer);
    failure why = explained(answer.error());
    if (why.is("ACCESS_TOKEN_INVALID") || why.is("ACCESS_TOKEN_EXPIRED"))
        why.detail = "this is not a token that @BotFather gave, or it was revoked";
    co_return why;
}

}  // namespace mtproto::core
