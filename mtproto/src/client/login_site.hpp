// What signing in needs of an account, and what it brings.
#pragma once

#include "client/account_connections.hpp"
#include "client/login_news.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/config.hpp>
#include <mtproto/login.hpp>
#include <mtproto/tl_api.hpp>

#include <functional>
#include <vector>

namespace mtproto::core {

/// All that it refers to outlives the login.
struct login_site {
    invoker& home;  ///< asks the home data centre, wherever that is by then
    const api_credentials& api;
    const io::environment& environment;
    login_news& news;
    std::function<unix_time()> server_time;
    /// Ends with the account, too. Errors: errc::connection_closed, cancelled.
    std::function<io::awaitable<outcome<void>>(time_point when)> sleep_until;
    /// The account lives at that data centre.
    std::function<io::awaitable<outcome<void>>(int dc)> move_home;
    /// Of earlier logins, which may stand for a code.
    std::vector<bytes> future_tokens;
};

/// A login that the server granted.
struct granted {
    granted() = default;

    account who;
    bytes future_token;  ///< a secret as strong as a code; empty: none
};

/// Error: errc::not_authorized for an account that would have to be made first; malformed.
outcome<granted> granted_by(const tl::auth::Authorization& answer);

/// A request that is not to be carried out twice.
inline call_options only_once() {
    call_options made;
    made.idempotent = false;
    return made;
}

/// The password comes next.
bool needs_password(const failure& why);
/// The same with the reason in words, where it is one of those that end a login.
failure explained(failure why);

}  // namespace mtproto::core
