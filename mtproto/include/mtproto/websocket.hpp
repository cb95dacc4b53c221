// WebSockets over TLS, for networks that let nothing else through. An optional component
// (MTPROTO_WITH_WEBSOCKET).
#pragma once

#include <memory>
#include <string>

namespace mtproto {

class websocket_client;
class websocket_server;

/// For config::websocket. `trusted`: certificates, PEM, that may prove a server; empty: those that the
/// system trusts. May serve several clients, on any threads. Throws mtproto::error: errc::bad_argument when
/// `trusted` holds no certificate.
std::shared_ptr<websocket_client> websocket_over_tls(const std::string& trusted = {});

/// The key and certificate of a local cluster that takes WebSockets (local_dc_options::websocket).
struct websocket_identity {
    websocket_identity() = default;

    std::shared_ptr<websocket_server> server;
    std::string certificate;  ///< PEM, signed by itself; its clients have to trust it
};

/// A new key and a certificate for `host` (an address or a name) and for localhost, valid for ten years.
/// Throws mtproto::error: errc::bad_argument for a host that no certificate can name.
websocket_identity make_websocket_identity(const std::string& host = "127.0.0.1");

}  // namespace mtproto
