// What is to go wrong in a server, and when: faults on the n-th time that an event comes.
#pragma once

#include <mtproto/error.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto::traffic {

enum class fault_kind {
    close,              ///< the connection ends instead of an answer
    silence,            ///< nothing is answered
    rpc_error,          ///< text holds "CODE NAME"; also flood-wait=S and internal
    transport_error,    ///< a packet that holds -value: 404, 429, 444
    short_part,         ///< value bytes (default 1024) are missing at the end of a part of a file
    long_part,          ///< value bytes (default 1024) too many
    wrong_part_bytes,   ///< a byte of the part is another
    wrong_hash,         ///< a hash of the file is another
    wrong_msg_key,      ///< the packet's message key is another
    wrong_length,       ///< the frame promises more bytes than follow
    wrong_nonce,        ///< an answer of the key exchange carries another nonce
    wrong_fingerprint,  ///< the key exchange offers keys that nobody has
    dh_retry,           ///< the key exchange asks for another g_b
    dh_fail,            ///< the key exchange fails
    expired_reference,  ///< all file references that were given out are void from now on
    dropped_login,      ///< the key is signed out: AUTH_KEY_UNREGISTERED
};

struct fault {
    fault_kind kind = fault_kind::close;
    std::string event;       ///< "getFile", "req_DH_params", "connect"
    std::int64_t first = 1;  ///< strikes from the first-th event on
    std::int64_t count = 1;  ///< how many times; 0: for ever
    std::int64_t value = 0;  ///< the kind's number, 0 when none was given
    std::string text;        ///< of rpc_error: "420 FLOOD_WAIT_3"

    friend bool operator==(const fault&, const fault&) = default;
};

/// Reads `kind[=value]@event[:first[xcount]]`. errc::bad_argument when it is none.
result<fault> parse_fault(std::string_view spec);

/// Counts events and says what goes wrong at each.
class fault_plan {
  public:
    fault_plan() = default;
    explicit fault_plan(std::vector<fault> faults) : faults_(std::move(faults)) {}

    /// An event comes: the first fault that strikes now, or null. Valid as long as the plan.
    const fault* strike(std::string_view event);

  private:
    std::vector<fault> faults_;
    std::map<std::string, std::int64_t, std::less<>> seen_;
};

}  // namespace mtproto::traffic
