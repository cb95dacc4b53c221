// Since when a download waits for bytes of which none comes, and when it is to end for that.
#pragma once

#include <mtproto/clock.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

namespace mtproto::schedule {

/// Counts the time in which bytes are awaited and none of the file comes, whatever connections say of
/// themselves. Waits that a server announced do not count, nor does the time in which nothing is asked for.
/// Pure.
class stall_watch {
  public:
    /// A download ends after this much.
    static constexpr duration patience = std::chrono::seconds(60);
    /// ... or after so many times what parts take, where that is longer: on the slowest connections.
    static constexpr int times_usual = 2;
    /// Before, other addresses may bring what these do not.
    static constexpr duration before_elsewhere = std::chrono::seconds(35);
    static constexpr duration elsewhere_again = std::chrono::seconds(10);

    enum class verdict { wait, look_elsewhere, over };

    /// Bytes came, of a part that took so long.
    void came(time_point now, duration took) noexcept {
        usual_ = usual_.count() == 0 ? took : (usual_ * 3 + took) / 4;
        restart(now);
    }
    /// Counts anew.
    void restart(time_point now) noexcept {
        waited_ = {};
        looks_ = 0;
        since_ = now;
    }
    /// Whether bytes are awaited from now on.
    void awaits(time_point now, bool so) noexcept {
        count(now);
        counting_ = so;
    }
    /// Until then a server has asked to wait, perhaps since anything was told here: it counts anew from then.
    void excuse(time_point now, time_point until) noexcept {
        if (until > excused_until_) {
            excused_until_ = until;
            restart(now);
        }
        count(now);
    }
    /// Other addresses carry on: they get as much time as if they had been looked for first now.
    void went_elsewhere(time_point now) noexcept {
        count(now);
        waited_ = std::min(waited_, before_elsewhere);
    }

    /// The next thing to do. Each look is asked for once, the end until bytes come or there is an excuse.
    verdict look(time_point now) noexcept {
        count(now);
        if (!counting_ || now < excused_until_) return verdict::wait;
        if (waited_ >= limit()) return verdict::over;
        if (waited_ < next_look()) return verdict::wait;
        ++looks_;
        return verdict::look_elsewhere;
    }
    /// When look() has something to say, if no byte comes.
    std::optional<time_point> due() const noexcept {
        if (!counting_) return std::nullopt;
        return std::max(since_, excused_until_) +
               std::max(std::min(limit(), next_look()) - waited_, duration{});
    }

  private:
    duration limit() const noexcept { return std::max(patience, usual_ * times_usual); }
    duration next_look() const noexcept { return before_elsewhere + looks_ * elsewhere_again; }
    void count(time_point now) noexcept {
        const time_point from = std::max(since_, excused_until_);
        if (counting_ && now > from) waited_ += now - from;
        since_ = std::max(since_, now);
    }

    duration waited_{0};  ///< for bytes, since the last
    duration usual_{0};   ///< a part's time, smoothed
    int looks_ = 0;
    bool counting_ = false;
    time_point since_{};
    time_point excused_until_{};
};

}  // namespace mtproto::schedule
