// The key exchange over a link: the part of it that reads, writes and waits.
#pragma once

#include "handshake/options.hpp"
#include "io/timers.hpp"
#include "net/link.hpp"

#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

namespace mtproto::net {

struct exchanged {
    handshake::established key;
    duration round_trip{};  ///< of the quickest step, the server's computing included
};

/// The next packet that is a message. Errors: those of the link, transport_error with its code in `rpc_code`,
/// malformed.
io::awaitable<outcome<wire::packet>> read_message(link& over);

/// Makes a key. `answer_timeout` bounds the wait for each answer. `passed_over`: the id of a key that was
/// used on this link before, packets under which may still come; 0 for none. Errors: those of the handshake,
/// timed_out, transport_error with its code in `rpc_code`, connection_closed, cancelled.
io::awaitable<outcome<exchanged>> exchange_key(link& over, handshake::options settings, random_source& random,
                                               io::timers& time, duration answer_timeout,
                                               std::int64_t passed_over = 0);

}  // namespace mtproto::net
