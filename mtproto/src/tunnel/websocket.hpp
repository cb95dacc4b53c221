// What makes a connection one of WebSocket messages (protocol 1.14). The component `websocket` implements it;
// rooms that only pass it on do not need that.
#pragma once

#include "io/network.hpp"
#include "io/stream.hpp"

#include <memory>

namespace mtproto {

/// Public as an opaque type: <mtproto/websocket.hpp>.
class websocket_client {
  public:
    virtual ~websocket_client() = default;
    /// TLS with the server named `host`, whose certificate must prove it, then the WebSocket handshake for
    /// `path`. What comes out is a stream of bytes: where messages begin and end means nothing.
    /// Errors: errc::connection_failed with the reason, cancelled.
    virtual io::awaitable<outcome<std::unique_ptr<io::stream>>> open(std::unique_ptr<io::stream> below,
                                                                     io::endpoint host, std::string path) = 0;
};

/// Public as an opaque type, too.
class websocket_server {
  public:
    virtual ~websocket_server() = default;
    /// A client's connection of which nothing was read: over TLS, or an HTTP request without it.
    /// Errors: errc::bad_frame for what is no WebSocket handshake, connection_closed, cancelled.
    virtual io::awaitable<result<std::unique_ptr<io::stream>>> accept(std::unique_ptr<io::stream> below,
                                                                      bool tls) = 0;
};

}  // namespace mtproto
