// How often a connection has failed since its server answered a request last.
#pragma once

#include <mtproto/clock.hpp>

#include <chrono>
#include <optional>

namespace mtproto::net {

/// Attempts to connect and links that ended, while something waited for the connection. They are the
/// connection's and not a call's: one that moves here from another connection waits for what is left. Pure.
class setbacks {
  public:
    /// Two that lie further apart belong to different troubles. Pauses between attempts are shorter.
    static constexpr duration one_trouble = std::chrono::minutes(2);

    /// One more, of `limit` that are put up with. True when it was one too many: then it begins anew.
    bool add(time_point now, int limit) noexcept {
        if (last_ && now - *last_ > one_trouble) count_ = 0;
        last_ = now;
        if (++count_ < limit) return false;
        count_ = 0;
        ++given_up_;
        return true;
    }
    /// A request was answered.
    void answered() noexcept { count_ = 0; }
    /// How often it was one too many.
    int given_up() const noexcept { return given_up_; }

  private:
    int count_ = 0;
    int given_up_ = 0;
    std::optional<time_point> last_;
};

}  // namespace mtproto::net
