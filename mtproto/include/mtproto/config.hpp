// What a client is made from.
#pragma once

#include <mtproto/log.hpp>
#include <mtproto/proxy.hpp>
#include <mtproto/random.hpp>
#include <mtproto/session_store.hpp>
#include <mtproto/verification.hpp>
#include <mtproto/wait.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto {

class websocket_client;

/// From https://my.telegram.org, section "API development tools".
struct api_credentials {
    std::int32_t id = 0;
    std::string hash;
};

struct dc_address {
    int dc = 0;
    std::string host;  ///< an IPv4 or IPv6 address
    std::uint16_t port = 443;
    bool media_only = false;
};

/// A set of data centres and the RSA keys that prove them.
struct cluster {
    std::vector<dc_address> addresses;         ///< to start from; help.getConfig refreshes them
    std::vector<std::string> rsa_public_keys;  ///< PKCS#1 PEM
    int home_dc = 2;                           ///< where a new login starts
    bool test = false;  ///< Telegram's test cluster marks its data centres (protocol 1.7)
    /// DC n takes WebSockets at NAME.web.telegram.org, NAME the n-th of these; without names, at its ordinary
    /// addresses.
    std::vector<std::string> websocket_names = {};

    /// Telegram itself, as built in: five data centres, each on several addresses and ports.
    static cluster production();
    /// Telegram's servers for trying things out, with accounts of their own.
    static cluster test_servers();
};

/// What tells the cluster's sessions from others' (session_store::select): its first RSA key's fingerprint in
/// 16 hexadecimal digits. Adding a second key does not lose the login. Throws errc::bad_argument when there
/// is no key, or it is none.
std::string cluster_name(const cluster& servers);

/// How packets are framed on a connection (protocol 1.1 to 1.4). There is rarely a reason to change it. The
/// full framing can neither be obfuscated nor go through an MTProxy.
enum class transport { intermediate, abridged, padded_intermediate, full };

struct config {
    api_credentials api;
    std::shared_ptr<session_store> session = nullptr;  ///< memory_session() when empty
    cluster servers = cluster::production();

    transport connect_over = transport::intermediate;
    /// Lets every connection look like random bytes (protocol 1.7), for networks that look for Telegram's.
    bool obfuscated = false;
    /// Every connection is a WebSocket over TLS, as that of a browser: websocket_over_tls() of
    /// <mtproto/websocket.hpp>. Obfuscated in any case; a SOCKS5 proxy may stand between, an MTProxy not.
    std::shared_ptr<websocket_client> over_websocket = nullptr;
    /// What all connections go through. An MTProxy's are obfuscated in any case, and padded intermediate when
    /// its secret says so. A wrong one fails connect() with errc::bad_argument.
    std::optional<proxy> connect_through = std::nullopt;

    /// Perfect forward secrecy (protocol 3): requests travel under temporary keys that live for a day, in
    /// memory only. Whoever gets hold of the session file later cannot read what was recorded on its way.
    /// Costs a key exchange for each data centre and process.
    bool forward_secrecy = true;

    std::string device_model = "mtproto";
    std::string system_version = "1.0";
    std::string app_version = "0.1.0";
    std::string language = "en";

    /// The most connections to a data centre for file data, shared by all streams of the client. Official
    /// clients open at most 8; a server closes 20 and more (protocol 8.8).
    int file_connections = 8;
    /// Bytes in flight or received and unread, over all streams of the client. Reading waits for nothing
    /// else.
    std::size_t byte_budget = 32u << 20;

    /// Of streams that do not choose their own.
    mtproto::verification verification = mtproto::verification::cdn;

    /// A flood wait that would last longer is not waited out: the call, login or stream that meets with it
    /// ends with errc::rpc_error, `rpc_code` 420 and the seconds that are left as `value`. Requests of the
    /// kind are held until then all the same, and fail alike. Shorter ones are waited out in full.
    /// duration::max(): no bound. Streams may have one of their own (stream_options).
    duration max_wait = std::chrono::hours(1);
    /// Told what the requests of this client wait for: those of connect(), login(), resolve(), hashes(),
    /// call()
    /// ... What a stream waits for is in its progress.
    wait_callback on_wait = {};

    random_source* random = nullptr;  ///< system_random() when empty; must outlive the client
    log_sink log = {};
};

}  // namespace mtproto
