// Fetches the message of a file again when the server says that the file reference expired.
#pragma once

#include "client/account_connections.hpp"

#include <mtproto/media.hpp>

namespace mtproto::core {

/// The same file with a fresh reference (protocol 8.5). `location` must outlive the call.
/// Errors: errc::file_changed when the message now carries another file, errc::not_found when it is gone,
/// and what the request itself met with.
io::awaitable<outcome<file_location>> refresh_reference(account_connections& account,
                                                        const file_location& location);

}  // namespace mtproto::core
