// How a request is named and what is asked of the session that carries it.
#pragma once

#include <mtproto/bytes.hpp>

#include <compare>
#include <cstdint>
#include <functional>

namespace mtproto::session {

/// Names a request of one session; stays the same however often the request is sent. Never 0 in use.
struct request_id {
    std::uint64_t value = 0;
    friend auto operator<=>(const request_id&, const request_id&) = default;
};

/// Makes a request's body for the msg_id that it is about to get: for auth.bindTempAuthKey, which names its
/// own msg_id (protocol 3.2). Called again when the request is sent again.
using body_maker = std::function<bytes(std::int64_t msg_id)>;

struct send_options {
    /// Whether doing it twice does no harm (upload.getFile, help.getConfig and other reads). Such a request
    /// is sent again at once when its fate is unknown; another only when the server says that it never came,
    /// and else it ends with `request_lost`.
    bool idempotent = false;
    /// Try gzip_packed when the body has more than 255 bytes (protocol 5.2). Off for what does not compress.
    bool compress = false;
    /// Put in front of those that wait already.
    bool urgent = false;
};

}  // namespace mtproto::session

template <>
struct std::hash<mtproto::session::request_id> {
    std::size_t operator()(mtproto::session::request_id id) const noexcept {
        return std::hash<std::uint64_t>{}(id.value);
    }
};
