// Logging in: by bot token, by login token, or by phone number, code and password (protocol 7.1 to 7.4).
#pragma once

#include "client/login_site.hpp"

#include <string>

namespace mtproto::core {

/// Who is logged in now; the caller stores it. All references outlive the call.
io::awaitable<outcome<granted>> log_in(login_site& site, login_ui& ui, login_options options);
io::awaitable<outcome<granted>> log_in_bot(login_site& site, std::string token);

}  // namespace mtproto::core
