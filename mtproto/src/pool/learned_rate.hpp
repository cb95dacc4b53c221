// The rate at which an account has brought bytes: the best of its last busy seconds.
#pragma once

#include <mtproto/clock.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace mtproto::pooling {

/// Pure. A reader that is slow says nothing of the account, so the best counts, not the mean.
class learned_rate {
  public:
    static constexpr duration span = std::chrono::seconds(1);

    void add(time_point now, std::int64_t bytes) noexcept {
        if (now - began_ >= span) {
            const std::chrono::duration<double> took = now - began_;
            // One that began long ago was idle for most of it.
            if (took < 2 * span) {
                spans_[next_] = static_cast<double>(sum_) / took.count();
                next_ = (next_ + 1) % spans_.size();
            }
            began_ = now;
            sum_ = 0;
        }
        sum_ += bytes;
    }
    /// Bytes a second; 0 before the first whole second.
    double rate() const noexcept { return *std::max_element(spans_.begin(), spans_.end()); }

  private:
    std::array<double, 16> spans_{};
    std::size_t next_ = 0;
    time_point began_{};
    std::int64_t sum_ = 0;
};

}  // namespace mtproto::pooling
