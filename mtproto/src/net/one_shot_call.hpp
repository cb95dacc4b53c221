// A request in a session of its own, over a link that carries nothing else at the time.
#pragma once

#include "net/link.hpp"
#include "net/services.hpp"
#include "session/session.hpp"

#include <mtproto/error.hpp>

namespace mtproto::net {

/// For such a session.
session::options one_shot_options();

/// The boxed answer. `in` is fresh, and done with afterwards; packets under other keys are passed over.
/// Errors: errc::rpc_error with the server's, transport_error with its code in `rpc_code`, timed_out after
/// `patience`, connection_closed, bad_message_key and the like, cancelled.
io::awaitable<outcome<bytes>> one_shot_call(services& shared, link& over, session::session& in,
                                            session::body_maker request, duration patience);

}  // namespace mtproto::net
