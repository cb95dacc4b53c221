// How often a permanent key was refused, and whether it must be proved before it is used again.
#pragma once

#include <mtproto/clock.hpp>

#include <chrono>
#include <optional>

namespace mtproto::net {

/// Of one permanent key, which is verified before it is discarded (protocol 1.6). Pure.
class key_doubt {
  public:
    /// So many times in a row a key must be refused before it is given up. -404 is 4 bytes that anybody on
    /// the way can send, so it is one of these at most. The others are refusals to bind a temporary key to
    /// it, in packets that verify (protocol 3.5).
    static constexpr int refusals_to_drop = 3;
    /// Refusals closer together than this count as one: several links meet with the same passing fault at the
    /// same moment, and that many links are no proof. Below the second that a connection waits before it
    /// tries again, so that a single one is counted each time.
    static constexpr duration refusals_apart = std::chrono::milliseconds(500);

    /// -404 came: the key is doubted from now on.
    void refused(time_point now) noexcept;
    /// No temporary key can be bound to it, and -404 comes to it. True when it is to be given up.
    bool disowned(time_point now) noexcept;
    /// A packet verified with it, or there is another key.
    void clear() noexcept { *this = {}; }

    /// Whether the server is to prove that it knows the key.
    bool open() const noexcept { return open_; }

  private:
    int refusals_ = 0;
    std::optional<time_point> last_refusal_;  // that was counted
    bool open_ = false;
};

}  // namespace mtproto::net
