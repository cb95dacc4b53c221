// What a session tells the connection that carries it.
#pragma once

#include "session/request.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <string>
#include <variant>

namespace mtproto::session {

/// A request's result. With this, rpc_failure or request_lost a request is over.
struct answer {
    request_id id;
    bytes body;  ///< boxed; inflated if need be, otherwise a slice of the received packet
};

/// The server answered a request with rpc_error. rpc::parse_error reads the text.
struct rpc_failure {
    request_id id;
    int code = 0;
    std::string text;  ///< "FLOOD_WAIT_42"
};

/// The same for one that was cancelled before, or is answered for a second time.
struct stray_failure {
    int code = 0;
    std::string text;
};

/// A request ends without the server's answer.
struct request_lost {
    request_id id;
    /// errc::connection_closed: it is unknown whether the server carried it out, and it is not idempotent;
    /// errc::malformed or too_large: the answer cannot be read; errc::bad_message: the server refused it
    /// again and again; errc::timed_out: it carried it out again and again, and no answer came.
    errc why = errc::connection_closed;
};

/// An object that nobody asked for: updates.
struct update {
    bytes body;  ///< boxed, inflated
};

/// The server made a new session on its side (protocol 5.5): updates may be missing, and on a fresh key
/// invokeWithLayer may be needed again.
struct server_session_created {
    std::int64_t unique_id = 0;
};

/// This side began a new session (codes 17, 32, 33, or a replay): the session id is another one. Requests
/// under way are sent again by themselves; those that are not idempotent end with request_lost.
struct session_reset {};

/// session::salts() holds new ones, worth storing.
struct salts_changed {};

/// The server's time minus this machine's is now known to be this; worth storing.
struct time_changed {
    duration offset{};
};

/// The link must be closed: call disconnected() and connect again. Sent once a link.
struct link_broken {
    /// errc::bad_message_key, bad_message, replayed: what the server sent; timed_out: it is silent.
    errc code = errc::connection_closed;
    std::string text;  ///< for the log
};

using event = std::variant<answer, rpc_failure, stray_failure, request_lost, update, server_session_created,
                           session_reset, salts_changed, time_changed, link_broken>;

}  // namespace mtproto::session
