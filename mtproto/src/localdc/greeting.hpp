// How a connection begins: plain or obfuscated, at a data centre's own port or at the MTProxy's.
#pragma once

#include "io/stream.hpp"
#include "tunnel/websocket.hpp"
#include "wire/fake_tls.hpp"
#include "wire/framing.hpp"
#include "wire/obfuscated.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <memory>
#include <optional>

namespace mtproto::localdc {

struct greeted {
    std::unique_ptr<io::stream> stream;
    std::optional<wire::framing> framing;  ///< nothing: the stream's first bytes name it
    wire::dc_mark mark;                    ///< that an obfuscated stream names; some clients name none
};

/// A client of a data centre's own port (protocol 1.1 to 1.4, 1.7, and 1.14 where `websocket` is not null).
/// errc::bad_frame or malformed for what is none of these.
io::awaitable<result<greeted>> greet(std::unique_ptr<io::stream> stream, websocket_server* websocket);

/// A client of the MTProxy: obfuscated with its secret, inside fake TLS when that is the secret's kind
/// (protocol 1.8 to 1.11). A proxy in earnest would pass others on to the domain that it pretends to be.
io::awaitable<result<greeted>> greet_at_proxy(std::unique_ptr<io::stream> stream, wire::fake_tls_guard& guard,
                                              unix_time now, random_source& random);

}  // namespace mtproto::localdc
