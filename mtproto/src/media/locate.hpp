// From a link to the file that its message carries.
#pragma once

#include "client/account_connections.hpp"

#include <mtproto/link.hpp>
#include <mtproto/media.hpp>

namespace mtproto::core {

/// Errors: errc::not_found, no_media, protected_content, and those of the requests.
io::awaitable<outcome<media>> locate(account_connections& account, message_link link);

}  // namespace mtproto::core
