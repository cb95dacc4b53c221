// Message ids: roughly the time they were made at, strictly increasing (protocol 4.6).
#pragma once

#include <mtproto/clock.hpp>

#include <chrono>
#include <cstdint>

namespace mtproto::wire {

/// The time that a msg_id tells: its upper half in seconds, the lower as a fraction.
unix_time time_of(std::int64_t msg_id) noexcept;
/// The least msg_id of a moment, its two low bits clear.
std::int64_t msg_id_at(unix_time when) noexcept;

/// Whether a client sent it (divisible by 4), or a server (odd).
constexpr bool is_client_msg_id(std::int64_t msg_id) noexcept {
    return (msg_id & 3) == 0;
}
constexpr bool is_server_msg_id(std::int64_t msg_id) noexcept {
    return (msg_id & 1) == 1;
}

/// A client's ids: divisible by 4, each larger than the one before whatever the clock does.
class client_msg_ids {
  public:
    /// `now` is this machine's time, to which the offset is added.
    std::int64_t next(unix_time now) noexcept;

    /// Server time minus this machine's; also for the key that follows on this data centre.
    duration offset() const noexcept { return offset_; }
    /// A smaller offset than before takes effect once time has caught up: ids never decrease. See
    /// restart.
    void set_offset(duration offset) noexcept { offset_ = offset; }
    /// Lets a smaller offset take effect at once; only when a new session begins, since ids may decrease
    /// (code 17).
    void restart() noexcept { last_ = 0; }
    /// The last id given out, 0 when none.
    std::int64_t last() const noexcept { return last_; }

  private:
    duration offset_{};
    std::int64_t last_ = 0;
};

/// A server's ids: 1 modulo 4 for the response to a request, 3 otherwise, increasing.
class server_msg_ids {
  public:
    std::int64_t next(unix_time now, bool response) noexcept;

  private:
    std::int64_t last_ = 0;
};

}  // namespace mtproto::wire
