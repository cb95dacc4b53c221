// The bytes that all streams of one client may hold at once, and each stream's share of them.
#pragma once

#include "schedule/wakeable.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace mtproto::schedule {

/// The weight of a share beside others, unless it is told otherwise.
inline constexpr int usual_weight = 10;

/// A hard limit on bytes in flight or received and unread. A share may hold more than its fair part while
/// nobody else needs it; a share below its fair part that finds nothing left asks those above theirs to give
/// back. A share that holds nothing may reclaim from all others. Unused room is lent to the cache and
/// reclaimed first. Not thread safe; must outlive its shares.
class byte_budget {
  public:
    class share;
    class room;

    /// Holds what is lent.
    class borrower {
      public:
        virtual ~borrower() = default;
        /// Calls repay() for `count` bytes or more, or for all that it has. Must not call anything else here.
        virtual void let_go(std::int64_t count) noexcept = 0;
    };

    /// At least two of the smallest parts, one being read while the next one comes.
    explicit byte_budget(std::int64_t capacity);
    byte_budget(const byte_budget&) = delete;
    byte_budget& operator=(const byte_budget&) = delete;

    std::int64_t capacity() const noexcept { return capacity_; }
    /// By shares.
    std::int64_t held() const noexcept { return held_; }
    std::int64_t lent() const noexcept { return lent_; }
    /// The most that was ever held and lent at once.
    std::int64_t peak() const noexcept { return peak_; }

    /// Room for `count` bytes that no share needs now, or false. There is one borrower, which outlives what
    /// it was lent.
    bool borrow(borrower& who, std::int64_t count) noexcept;
    void repay(std::int64_t count) noexcept { lent_ -= count; }

  private:
    bool someone_else_hungry(const share& but) const noexcept;
    bool someone_else_starving(const share& but) const noexcept;
    std::int64_t shortage(bool of_starving) const noexcept;
    void wake_waiting(const share& but) noexcept;
    void wake_fitting(const share& but) noexcept;
    std::int64_t weight(const share* also) const noexcept;
    std::int64_t fair_part(std::int64_t weight, std::int64_t of) const noexcept;

    std::int64_t capacity_;
    std::int64_t held_ = 0;
    std::int64_t lent_ = 0;
    std::int64_t peak_ = 0;
    borrower* borrower_ = nullptr;
    std::vector<share*> shares_;
};

/// The bytes of one download. Gives all back when it is destroyed.
class byte_budget::share {
  public:
    /// `weight`: what it counts for beside others, at least 1.
    share(byte_budget& of, wakeable& owner, int weight = usual_weight);
    ~share();
    share(const share&) = delete;
    share& operator=(const share&) = delete;

    /// Takes `count` bytes, or none and false; then the owner is woken when it may be worth asking again.
    bool take(std::int64_t count);
    /// The same as an object that gives the bytes back; it must not outlive the share.
    std::optional<room> take_room(std::int64_t count);
    void give(std::int64_t count) noexcept;
    /// To be called after a round of give() and take(): others hear of the room that this one left.
    void settle() noexcept;
    /// Nothing is wanted any more: a refusal before is void.
    void no_wish() noexcept;

    std::int64_t held() const noexcept { return held_; }
    /// While its download is paused it has no fair part, so that what it holds is given back when others need
    /// it.
    void rest(bool so) noexcept;
    /// The part of the whole that its weight makes among those that hold or want something; at least one
    /// byte.
    std::int64_t fair() const noexcept;
    /// Bytes that others are short of and this share can do without: all beyond its fair part, or, for one
    /// with nothing in hand, all but the part that its own reader may hold (which the owner keeps).
    std::int64_t asked_back() const noexcept;

  private:
    friend class byte_budget;

    bool starving() const noexcept { return hungry_ && held_ == 0; }
    bool counts() const noexcept { return !resting_ && (held_ > 0 || wanted_ > 0); }

    byte_budget& budget_;
    wakeable& owner_;
    int weight_;
    bool resting_ = false;
    std::int64_t held_ = 0;
    std::int64_t wanted_ = 0;  ///< refused, waiting
    bool hungry_ = false;      ///< refused although it is within its fair part
    bool gave_ = false;        ///< in this round
};

/// Bytes that a share holds, given back when this dies.
class byte_budget::room {
  public:
    room() = default;
    room(room&& other) noexcept
        : share_(std::exchange(other.share_, nullptr)), count_(std::exchange(other.count_, 0)) {}
    room& operator=(room&& other) noexcept {
        std::swap(share_, other.share_);
        std::swap(count_, other.count_);
        return *this;
    }
    ~room() {
        if (share_) share_->give(count_);
    }

    std::int64_t size() const noexcept { return count_; }

  private:
    friend class share;

    room(share& of, std::int64_t count) : share_(&of), count_(count) {}

    share* share_ = nullptr;
    std::int64_t count_ = 0;
};

}  // namespace mtproto::schedule
