// Logging in: by bot token, or by phone number, code and password (protocol 7.1, 7.2).
#pragma once

#include "client/account_connections.hpp"

#include <mtproto/config.hpp>
#include <mtproto/login.hpp>
#include <mtproto/random.hpp>
#include <mtproto/tl_api.hpp>

#include <string>

namespace mtproto::core {

/// Who is logged in now; the caller stores it. All references outlive the call.
io::awaitable<outcome<account>> log_in(invoker& over, const api_credentials& api, random_source& random,
                                       login_ui& ui);
io::awaitable<outcome<account>> log_in_bot(invoker& over, const api_credentials& api, std::string token);

/// The answer to the password that a person gives (two-step verification). The same of references.
io::awaitable<outcome<tl::auth::Authorization>> prove_password(invoker& over, random_source& random,
                                                               login_ui& ui);

}  // namespace mtproto::core
