// The configuration of a client.
#pragma once

#include <mtproto/cluster.hpp>
#include <mtproto/known_peer.hpp>
#include <mtproto/log.hpp>
#include <mtproto/proxy.hpp>
#include <mtproto/random.hpp>
#include <mtproto/session_store.hpp>
#include <mtproto/shared_waits.hpp>
#include <mtproto/verification.hpp>
#include <mtproto/version.hpp>
#include <mtproto/wait.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mtproto {

class websocket_client;

/// From https://my.telegram.org, section "API development tools".
struct api_credentials {
    api_credentials() = default;
    api_credentials(std::int32_t number, std::string secret) : id(number), hash(std::move(secret)) {}

    std::int32_t id = 0;
    std::string hash;
};

/// How packets are framed on a connection (protocol 1.1 to 1.4). There is rarely a reason to change it. The
/// full framing can neither be obfuscated nor go through an MTProxy.
enum class transport { intermediate, abridged, padded_intermediate, full };

/// Assign the members that differ from the defaults. Copies share the session store and the callbacks.
///
/// Callbacks, the store and the log run on the client's executor, which waits for them. When one throws, the
/// client goes on, and the call that is under way throws that exception in place of its result; when none
/// is, the next call does.
struct config {
    config() = default;

    api_credentials api;
    std::shared_ptr<session_store> session = nullptr;  ///< memory_session() when empty
    cluster servers = cluster::production();
    /// What this account has met before, as another client has kept it (foreign_account): saves asking for
    /// names, of which a server lets few be asked, and opens private channels at once. One that is wrong by
    /// now is asked for anew.
    std::vector<known_peer> peers = {};

    mtproto::transport transport = mtproto::transport::intermediate;
    /// Lets every connection look like random bytes (protocol 1.7), for networks that look for Telegram's.
    bool obfuscated = false;
    /// Every connection is a WebSocket over TLS, as that of a browser: websocket_over_tls() of
    /// <mtproto/websocket.hpp>. It is obfuscated in any case. A SOCKS5 proxy may stand between, an MTProxy
    /// not.
    std::shared_ptr<websocket_client> websocket = nullptr;
    /// All connections go through it. An MTProxy's are obfuscated in any case, and padded intermediate when
    /// its secret says so. A wrong one fails connect() with errc::bad_argument.
    std::optional<mtproto::proxy> proxy = std::nullopt;

    /// Perfect forward secrecy (protocol 3): requests travel under temporary keys that live for a day, in
    /// memory only. A session file that is stolen later does not open what was recorded on the way. Costs a
    /// key exchange for each data centre and process.
    bool forward_secrecy = true;

    std::string device_model = "mtproto";
    std::string system_version = "1.0";
    std::string app_version = MTPROTO_VERSION_STRING;
    std::string language = "en";

    /// The most connections to a data centre for file data, shared by all streams of the client: 1 to 16.
    /// Official clients open at most 8; a server closes 20 and more (protocol 8.8).
    int file_connections = 8;
    /// Bytes in flight, or received and unread, over all streams of the client. Parts are asked for only
    /// while there is room for them.
    std::size_t byte_budget = 32u << 20;

    /// For streams that do not choose their own.
    mtproto::verification verification = mtproto::verification::cdn;

    /// The longest flood wait that is waited out. A call, login or stream that meets with a longer one ends
    /// with errc::rpc_error: `rpc_code` is 420, `value` the seconds that are left. Requests of the kind fail
    /// alike until then, without being sent. duration::max(): no bound. Streams may have a bound of their own
    /// (stream_options).
    duration max_wait = std::chrono::hours(1);
    /// Told of the wait of this client's requests: connect(), login(), resolve(), hashes(), call() and so on.
    /// A stream's wait is in its progress.
    wait_callback on_wait = {};
    /// Flood waits that this account's processes tell each other: redis_waits() of <mtproto/store_redis.hpp>,
    /// or memory_waits(). Each honours what another was told. connect() waits a second for it at most.
    std::shared_ptr<shared_waits> waits = nullptr;

    random_source* random = nullptr;  ///< system_random() when null; must outlive the client
    log_sink log = {};
};

}  // namespace mtproto
