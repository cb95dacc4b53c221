// Asks a server to forget an authorization key.
#pragma once

#include "net/dialer.hpp"
#include "net/services.hpp"
#include "session/salt_book.hpp"

#include <memory>

namespace mtproto::net {

/// Over a link of its own, under the key itself. Returns once the server has forgotten it, or knew nothing of
/// it. Errors: those of dialling; errc::timed_out after `patience` without an answer; rpc_error and the like
/// where it keeps the key; cancelled.
io::awaitable<outcome<void>> destroy_key(services& shared, destination where,
                                         std::shared_ptr<const crypto::auth_key> key,
                                         session::salt_book salts, duration patience);

}  // namespace mtproto::net
