// The server salts of a key: the one in use and those to come (protocol 5.9).
#pragma once

#include <mtproto/clock.hpp>

#include <chrono>
#include <cstdint>
#include <vector>

namespace mtproto::session {

/// A salt and when it is valid, in server time, whole unix seconds.
struct salt {
    std::int64_t value = 0;
    std::int64_t valid_since = 0;
    std::int64_t valid_until = 0;
    friend bool operator==(const salt&, const salt&) = default;
};

/// A value: sessions of the same key may begin with a copy of another's.
class salt_book {
  public:
    /// No salt is known: the first packet is answered with bad_server_salt.
    salt_book() = default;
    /// One salt of unknown validity: of a fresh key, or from an older session file.
    explicit salt_book(std::int64_t current);
    /// Those that a session file kept.
    explicit salt_book(std::vector<salt> known);

    /// The salt to send with; goes on to the next one when its time comes. 0 when none is known.
    std::int64_t current(unix_time server_now);
    /// The server named the right one (bad_server_salt, new_session_created). True when it is a new one.
    bool replace(std::int64_t value, unix_time server_now);
    /// The answer to get_future_salts.
    void add(const std::vector<salt>& future, unix_time server_now);
    /// Whether those known end within the next `ahead` of time.
    bool runs_out(unix_time server_now, duration ahead) const;
    /// The one in use first; what a session file keeps.
    const std::vector<salt>& known() const noexcept { return known_; }

  private:
    std::vector<salt> known_;  // by valid_since; the first is in use
};

}  // namespace mtproto::session
