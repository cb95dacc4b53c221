// How much of a stream is worth waking a reader up for.
#pragma once

#include <mtproto/clock.hpp>

#include <algorithm>
#include <cstddef>

namespace mtproto::io {

/// What a stream brings in some 20 to 40 ms: being woken costs more than copying that much, and who watches
/// whether a line is alive still hears of it in time. Follows the stream by factors of two.
class wake_size {
  public:
    static constexpr std::size_t least = std::size_t{2} * 1024;
    static constexpr std::size_t most = std::size_t{256} * 1024;
    static constexpr duration shortest = std::chrono::milliseconds(20);

    std::size_t value() const noexcept { return value_; }

    void received(std::size_t bytes, time_point now) noexcept {
        since_ += bytes;
        if (since_ < value_) return;
        const duration took = now - from_;
        if (took < shortest)
            value_ = std::min(2 * value_, most);
        else if (took > 2 * shortest)
            value_ = std::max(value_ / 2, least);
        since_ = 0;
        from_ = now;
    }

  private:
    std::size_t value_ = least;
    std::size_t since_ = 0;  // bytes since from_
    time_point from_{};
};

}  // namespace mtproto::io
