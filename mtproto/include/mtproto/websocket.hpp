// WebSockets over TLS, for networks that let nothing else through. An optional component
// (MTPROTO_WITH_WEBSOCKET).
#pragma once

#include <memory>
#include <string>

namespace mtproto {

class websocket_client;
class websocket_server;

/// For config::over_websocket. `trusted`: certificates, PEM, that may prove a server; empty: those that the
/// system trusts. May serve several clients, on any threads. Throws mtproto::error: errc::bad_argument when
/// `trusted` holds no certificate.
std::shared_ptr<websocket_client> websocket_over_tls(const std::string& trusted = {});

/// What a local cluster takes WebSockets with: local_dc_options::websocket.
struct websocket_identity {
    std::shared_ptr<websocket_server> server;
    std::string certificate;  ///< PEM, signed by itself: what its clients have to trust
};

/// A new key and a certificate for `host` (an address or a name) and for localhost, valid for ten years.
/// Throws mtproto::error: errc::bad_argument for a host that no certificate can name.
websocket_identity make_websocket_identity(const std::string& host = "127.0.0.1");

}  // namespace mtproto
