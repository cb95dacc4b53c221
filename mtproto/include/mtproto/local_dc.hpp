// A data-centre cluster of one's own on this machine, which answers as Telegram's servers do: for tests and
// demonstrations.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/cluster.hpp>
#include <mtproto/error.hpp>
#include <mtproto/local_dc_sign_in.hpp>
#include <mtproto/log.hpp>
#include <mtproto/media_facts.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mtproto {

class websocket_server;

/// A file that takes no room: its bytes follow from the seed and their place, so that any range of any size
/// can be served.
struct generated_file {
    generated_file() = default;
    generated_file(std::string called, std::int64_t of_size, std::uint64_t from_seed)
        : name(std::move(called)), size(of_size), seed(from_seed) {}

    std::string name;
    std::int64_t size = 0;  ///< bytes
    std::uint64_t seed = 0;
};

/// What servers allow each account at each data centre, and how well they serve: of files, as Telegram's do.
/// 0: no such limit. docs/testing.md has the rules.
struct local_dc_limits {
    /// A round trip may be longer by so much, for a while.
    duration jitter{0};
    /// Probability that a packet of a connection gets lost; shown as TCP would, by a pause and half the rate.
    double loss = 0;
    /// Bytes a second of an account's parts of files.
    std::int64_t account_rate = 0;
    /// A token bucket of bytes for an account's parts. When one finds too few tokens it is refused with
    /// FLOOD_PREMIUM_WAIT_X, and so is whatever comes before that is over.
    std::int64_t flood_rate = 0;   ///< bytes a second
    std::int64_t flood_burst = 0;  ///< bytes; 0: what flood_rate gives in two seconds
    std::chrono::seconds flood_shortest{3}, flood_longest{15};  ///< bounds of X
    /// A token bucket of requests beside it: so many parts a second, and what two seconds give at once.
    std::int64_t flood_requests = 0;
    /// Bytes of an account's parts in each `flood_window` from its first part on. X is then the rest of that.
    std::int64_t flood_window_bytes = 0;
    std::chrono::seconds flood_window{10};
    /// Probability that a part takes 2 s or, rarely, far longer.
    double slow_parts = 0;
    /// Connections of an account that ask for files; one more is told -429.
    int most_connections = 0;
};

/// What the servers think of an account.
enum class local_account_state {
    active,
    signed_out,   ///< the logins that it had are gone: 401 AUTH_KEY_UNREGISTERED. It may sign in anew
    revoked,      ///< the same, told as 401 SESSION_REVOKED
    banned,       ///< 401 USER_DEACTIVATED_BAN, and nobody signs in to it
    deactivated,  ///< 401 USER_DEACTIVATED, and nobody signs in to it
    frozen,       ///< 420 FROZEN_METHOD_INVALID to local_dc_options::frozen_methods; the rest goes on
};

/// An account that the cluster knows from its start. Others come with their first login.
struct local_account {
    local_account() = default;

    std::int64_t id = 0;  ///< 0: the next free one; a bot's is the number of its token
    std::string first_name = "Local";
    std::string last_name = "User";
    std::string phone;      ///< of a user, in any spelling
    std::string bot_token;  ///< of a bot, in place of it: "5001:any"
    std::string password;   ///< two-step verification's; empty: local_dc_options::password
    /// Floods of files are told as FLOOD_WAIT_X then, and only where `limits` name one.
    bool premium = false;
    local_account_state state = local_account_state::active;
    /// Told while it is frozen (help.getAppConfig).
    std::chrono::seconds freeze_lasts = std::chrono::hours(24 * 30);
    std::string freeze_appeal_url = "https://t.me/spambot";
    /// In place of local_dc_options::limits, but for those of a path: jitter and loss.
    std::optional<local_dc_limits> limits;
};

/// A channel without a username, which its members alone see: others get CHANNEL_PRIVATE.
struct local_channel {
    local_channel() = default;

    std::int64_t id = 0;  ///< 0: the next free one, from 1500000002 on
    std::string title = "Private";
    std::set<std::int64_t> members;  ///< accounts, by user id
    /// The messages that it has, by id, in place of the public channel. None: it shows all that that has.
    std::set<int> messages;
};

/// How often an account may ask for a method at a data centre. Beyond it gets 420 FLOOD_WAIT_X, and so does
/// each request of the kind before that is over.
struct local_flood {
    local_flood() = default;

    std::string method;     ///< as "contacts.resolveUsername"
    std::int64_t user = 0;  ///< 0: each account for itself
    int dc = 0;             ///< 0: each data centre for itself
    int requests = 1;       ///< that are answered in each window
    std::chrono::seconds window{60};
    std::chrono::seconds wait{30};  ///< X
};

/// When two uses of one permanent key count as two places. A login whose key is used at two places at a time
/// is dead for good: 406 AUTH_KEY_DUPLICATED.
enum class local_key_rule {
    any_place,    ///< never
    one_address,  ///< connections from two addresses
    one_device,   ///< the same, and connections whose initConnection names two devices or programs
};

/// A cluster's work since its start, or one account's part of it.
struct local_dc_counts {
    std::int64_t connections = 0;  ///< accepted; not of an account
    std::int64_t parts = 0;        ///< of files, that were sent
    std::int64_t part_bytes = 0;
    std::int64_t flood_waits = 0;      ///< that were begun, however many requests met with them
    std::int64_t early_requests = 0;   ///< of a client that knew of its wait, before the end of that
    std::int64_t duplicated_keys = 0;  ///< keys that were used at two places at a time
};

/// The files that the cluster serves, and its behaviour.
struct local_dc_options {
    local_dc_options() = default;

    /// Each regular file in it becomes a message of the channel, with ids from 2 in the order of names.
    std::string folder;
    /// More messages, after the folder's files.
    std::vector<generated_file> generated_files;
    /// Looks into a video of the folder, once, at the start; without it, or where it gives nothing, messages
    /// state no size and no duration. `mtproto::probe` of <mtproto/probe.hpp> serves. What it throws comes
    /// out of local_dc's constructor.
    std::function<std::optional<media_facts>(const std::string& path)> describe_video;
    /// The public channel's username, and its title.
    std::string channel = "demo";
    /// The address that all data centres listen on, IPv4 or IPv6.
    std::string host = "127.0.0.1";
    /// The first of a run of ports (two a data centre: everything, and media only; then the CDN's and the
    /// proxy's, if there are any). 0: any free ones.
    std::uint16_t port = 0;
    int dcs = 3;  ///< 1 to 9
    /// Whether data centres have media-only addresses. Without, a run of ports keeps their numbers free.
    bool media_addresses = true;
    /// Sessions that one authorization key may have at a data centre's general addresses at a time; the
    /// configuration tells clients (tmp_sessions). One more, and the query that begins it gets 406
    /// AUTH_KEY_DUPLICATED and the key's login is gone. Nothing: any number, and the configuration says
    /// nothing.
    std::optional<int> sessions_a_key;
    /// An MTProxy's secret, as its links have it: one more port, the last of the run, is then that of a proxy
    /// to all the data centres. Every other port takes obfuscated connections, too, without a secret.
    std::string proxy_secret;
    /// Lets every port of a data centre take WebSockets, too, over TLS and without (path /apiws): of
    /// make_websocket_identity() in <mtproto/websocket.hpp>.
    std::shared_ptr<websocket_server> websocket;
    /// Round-trip time that each connection pretends to have, half each way.
    duration rtt{0};
    /// Bytes a second, for each connection and direction. 0: no limit.
    std::int64_t rate = 0;
    local_dc_limits limits;
    /// Connections that may be open at a time. One more takes the place of the oldest whose client has no key
    /// yet; where all have one, it is closed. 0: as many as the process may open files (RLIMIT_NOFILE), less
    /// 192 or half of them for others, and at most 10,000.
    std::size_t most_clients = 0;

    /// One more data centre, 203, is a CDN (protocol 8.3), with one port and an RSA key of its own: clients
    /// that take files from a CDN are sent there.
    bool cdn = false;
    /// Of the messages with these ids the CDN has the files; none: of all.
    std::set<int> cdn_messages;
    /// The CDN holds no file until it is asked to be given it (upload.reuploadCdnFile).
    bool cdn_empty = false;

    /// What any phone number signs in with.
    std::string login_code = "12345";
    /// Two-step verification's password for every account; empty: off.
    std::string password;
    /// How codes come, passwords are recovered, and tokens accepted.
    local_dc_sign_in sign_in;
    /// Numbers without an account: they must sign up first.
    std::set<std::string> unregistered_phones;
    std::vector<local_account> accounts;
    std::vector<local_channel> private_channels;
    std::vector<local_flood> floods;
    /// Methods that a frozen account is refused.
    std::set<std::string> frozen_methods{"channels.joinChannel", "contacts.resolveUsername",
                                         "contacts.search", "messages.checkChatInvite",
                                         "messages.importChatInvite"};
    /// Each account's first account.initTakeoutSession is refused for so long: 420 TAKEOUT_INIT_DELAY_X.
    std::chrono::seconds takeout_delay{0};
    local_key_rule key_rule = local_key_rule::any_place;

    /// Where the RSA key is kept between runs: `server-key.pem` (private, mode 0600) and
    /// `server-key.pub.pem`. Empty: a new key, in memory only.
    std::string key_folder;

    /// Messages that may not be saved, by id.
    std::set<int> protected_messages;
    /// Messages without media; they come after the files.
    std::vector<std::string> text_messages;
    /// What is to go wrong, each as `kind[=value]@event[:n[xcount]]`, for instance "wrong-msg-key@getFile:3":
    /// at the n-th time (from 1, the default) that the event comes, and count - 1 times after it (x0:
    /// always). An event is a method's name without its namespace, a step of the key exchange, or `connect`.
    /// Kinds are those of scenarios, their value behind "=".
    std::vector<std::string> faults;
    /// More of them, as the text of a scenario: one a line, "after 40 packets on media connections: corrupt".
    /// docs/testing.md has the grammar.
    std::string scenario;
    /// Chooses what a scenario and the limits leave to chance. The same seed and the same clients meet with
    /// the same faults.
    std::uint64_t scenario_seed = 0;

    log_sink log;
};

/// The running cluster, for its clients and for tests.
struct local_dc_info {
    struct data_centre {
        int id = 0;
        std::string host;
        std::uint16_t port = 0;
        std::uint16_t media_port = 0;  ///< 0: no media-only address
    };
    struct message {
        int id = 0;
        std::string name;
        std::int64_t size = 0;
        std::string sha256;  ///< hexadecimal; empty for a generated file
        int dc = 0;
    };
    /// Of local_dc_options::accounts, in their order.
    struct account {
        std::int64_t id = 0;
        std::string name;
        std::string phone;  ///< empty for a bot
    };
    /// Of local_dc_options::private_channels, in their order.
    struct private_channel {
        std::int64_t id = 0;
        std::string title;
    };

    local_dc_info() = default;

    std::vector<data_centre> dcs;
    std::uint16_t cdn_port = 0;    ///< 0: no CDN
    std::uint16_t proxy_port = 0;  ///< 0: no proxy
    std::string proxy_secret;
    int home_dc = 0;                  ///< where accounts live
    std::string rsa_public_key;       ///< PKCS#1 PEM
    std::string rsa_public_key_path;  ///< absolute; empty without a key folder
    std::string channel;
    std::string login_code;
    std::string password;
    std::vector<message> messages;  ///< those that carry files
    std::vector<account> accounts;
    std::vector<private_channel> private_channels;
    /// Files of the folder that could not be read and so are no messages: which, and why.
    std::vector<std::string> unreadable;
};

/// The cluster for config::servers: its addresses, its key, its home. Media-only addresses come with the
/// configuration that a client fetches.
cluster servers_of(const local_dc_info& info);

/// A running cluster. Everything happens on the executor it is given, which must run one handler at a time
/// (one thread, or a strand). Not thread safe; call it on that executor, or while nothing runs it. The log
/// must not throw.
class local_dc {
  public:
    /// Reads the folder and hashes its files. Throws mtproto::error: errc::bad_argument for options that make
    /// no sense, errc::io_failed for a folder or key that cannot be read; info() lists single files.
    local_dc(boost::asio::any_io_executor executor, local_dc_options options);
    /// Stops. Connections end as soon as the executor runs again, or with it.
    ~local_dc();
    local_dc(local_dc&&) noexcept;
    local_dc& operator=(local_dc&&) noexcept;

    /// Binds and listens; info() is complete afterwards. Throws mtproto::error: errc::connection_failed, with
    /// the system's reason; errc::bad_argument when it was started or stopped before.
    void start();
    /// Closes all ports and connections, for good. May be called twice.
    void stop();

    /// The ports are 0 before start().
    const local_dc_info& info() const;

    /// What the servers think of an account from now on, also in the middle of a stream. Throws
    /// errc::bad_argument when there is none of this id.
    void set_state(std::int64_t user, local_account_state state);
    /// Takes an account into a private channel, or out of it. Throws errc::bad_argument for another channel.
    void set_member(std::int64_t channel, std::int64_t user, bool member);
    /// An account is to wait from now on before it asks for a method at a data centre: 420 FLOOD_WAIT_X.
    void set_flood(std::int64_t user, const std::string& method, int dc, std::chrono::seconds wait);
    /// Of all accounts together, or of one.
    local_dc_counts counts() const;
    local_dc_counts counts(std::int64_t user) const;

  private:
    friend struct local_dc_access;
    struct impl;
    explicit local_dc(std::shared_ptr<impl> impl);
    std::shared_ptr<impl> impl_;
};

}  // namespace mtproto
