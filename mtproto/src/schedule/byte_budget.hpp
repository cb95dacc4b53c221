// The bytes that all streams of one client may hold at once, and each stream's share of them.
#pragma once

#include "schedule/wakeable.hpp"

#include <cstdint>
#include <vector>

namespace mtproto::schedule {

/// A hard limit on bytes in flight or received and unread. A share may hold more than its fair part while
/// nobody else needs it; a share below its fair part that finds nothing left asks those above theirs to give
/// back, and a share with nothing in hand asks everybody. Not thread safe; must outlive its shares.
class byte_budget {
  public:
    class share;

    /// At least two of the smallest parts, one being read while the next one comes.
    explicit byte_budget(std::int64_t capacity);
    byte_budget(const byte_budget&) = delete;
    byte_budget& operator=(const byte_budget&) = delete;

    std::int64_t capacity() const noexcept { return capacity_; }
    std::int64_t held() const noexcept { return held_; }
    /// The most that was ever held at once.
    std::int64_t peak() const noexcept { return peak_; }

  private:
    bool someone_else_hungry(const share& but) const noexcept;
    bool someone_else_starving(const share& but) const noexcept;
    std::int64_t shortage(bool of_starving) const noexcept;
    void wake_waiting(const share& but) noexcept;

    std::int64_t capacity_;
    std::int64_t held_ = 0;
    std::int64_t peak_ = 0;
    std::vector<share*> shares_;
};

/// What one download holds. Gives all back when it is destroyed.
class byte_budget::share {
  public:
    share(byte_budget& of, wakeable& owner);
    ~share();
    share(const share&) = delete;
    share& operator=(const share&) = delete;

    /// Takes `count` bytes, or none and false; then the owner is woken when it may be worth asking again.
    bool take(std::int64_t count);
    void give(std::int64_t count) noexcept;
    /// Nothing is wanted any more: a refusal before is void.
    void no_wish() noexcept;

    std::int64_t held() const noexcept { return held_; }
    /// An equal part of the whole; at least one byte.
    std::int64_t fair() const noexcept;
    /// What others are short of and this share can do without: all beyond its fair part, or, for one with
    /// nothing in hand, all but the part that its own reader may hold (which the owner keeps).
    std::int64_t asked_back() const noexcept;

  private:
    friend class byte_budget;

    bool starving() const noexcept { return hungry_ && held_ == 0; }

    byte_budget& budget_;
    wakeable& owner_;
    std::int64_t held_ = 0;
    std::int64_t wanted_ = 0;  ///< refused, waiting
    bool hungry_ = false;      ///< refused although it is within its fair part
};

}  // namespace mtproto::schedule
