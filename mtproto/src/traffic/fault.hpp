// What is to go wrong in a server, and when: one rule for each fault, from a short word or a scenario's line.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace mtproto::traffic {

enum class fault_kind {
    // The connection:
    close,            ///< the connection ends; at an event instead of its answer
    half_close,       ///< nothing more is sent, and the client is told so; what it sends is still read
    freeze,           ///< nothing is read or sent for `time`
    silence,          ///< nothing is answered; at a method that call alone
    transport_error,  ///< a packet that holds -value: 404, 429, 444
    // Packets:
    drop,           ///< the packet never arrives
    delay,          ///< the packet arrives later by `time`; others overtake it
    reorder,        ///< the packet arrives after the next one, or after a second when none follows
    duplicate,      ///< the packet arrives twice
    corrupt,        ///< one bit of the packet is another
    truncate,       ///< the second half of the packet is missing, in a frame that fits the first
    break_off,      ///< half the packet is sent, and the connection ends
    wrong_msg_key,  ///< the packet's message key is another
    wrong_length,   ///< the frame promises more bytes than follow
    // What the server does with a query before it looks at it:
    bad_msg,       ///< it is refused: bad_msg_notification or bad_server_salt with the code `value`
    lost_session,  ///< its session is forgotten
    lost_key,      ///< the key is forgotten: -404 from now on
    // Answers of methods:
    rpc_error,          ///< text holds "CODE NAME"
    short_part,         ///< value bytes (default 1024) are missing at the end of a part of a file
    long_part,          ///< value bytes (default 1024) too many
    wrong_part_bytes,   ///< a byte of the part is another
    wrong_hash,         ///< a hash of the file is another; in the key exchange that of the parameters
    expired_reference,  ///< all file references that were given out are void from now on
    expired_token,      ///< all tokens of a CDN that were given out are void from now on
    forgotten_file,     ///< a CDN has to be given its files again
    dropped_login,      ///< the key is signed out: AUTH_KEY_UNREGISTERED
    // Steps of the key exchange:
    wrong_nonce,        ///< an answer of the key exchange carries another nonce
    wrong_fingerprint,  ///< the key exchange offers keys that nobody has
    dh_retry,           ///< the key exchange asks for another g_b
    dh_fail,            ///< the key exchange fails
};

/// Which way packets go, as the server sees it.
enum class direction { out, in };

/// What connections a fault may strike.
struct connection_scope {
    enum class doors { any, main, media };

    std::int64_t first = 1;  ///< by the order in which they were accepted
    std::int64_t last = std::numeric_limits<std::int64_t>::max();
    int dc = 0;  ///< 0: any
    doors at = doors::any;
    bool each = false;  ///< counts for each connection by itself

    friend bool operator==(const connection_scope&, const connection_scope&) = default;
};

/// What must have come before a fault may strike. Whatever is 0 holds always.
struct fault_conditions {
    duration since_start{0};
    duration since_accept{0};
    std::int64_t packets = 0;  ///< went `way` on the connection before
    std::int64_t bytes = 0;    ///< the same
    direction way = direction::out;

    friend bool operator==(const fault_conditions&, const fault_conditions&) = default;
};

struct fault {
    fault_kind kind = fault_kind::close;
    /// "getFile", "req_DH_params", "connect"; empty: whatever the kind can strike.
    std::string event;
    std::int64_t first = 1;  ///< strikes from the first-th occasion on
    std::int64_t count = 1;  ///< at so many occasions; 0: for ever
    std::int64_t value = 0;  ///< the kind's number, 0 when none was given
    std::string text;        ///< of rpc_error: "420 FLOOD_WAIT_3"

    duration time{0};                ///< of freeze and delay
    direction way = direction::out;  ///< of packets
    std::int64_t times = 0;          ///< strikes so often at most; 0: no limit
    double probability = 1;          ///< of each occasion
    fault_conditions when{};
    connection_scope scope{};
    int line = 0;  ///< of the scenario; 0: none

    friend bool operator==(const fault&, const fault&) = default;
};

/// Reads `kind[=value]@event[:first[xcount]]`. errc::bad_argument when it is none.
result<fault> parse_fault(std::string_view spec);

}  // namespace mtproto::traffic
