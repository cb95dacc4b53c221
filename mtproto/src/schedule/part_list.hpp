// The parts of a range in their order: wanted, under way, here, delivered.
#pragma once

#include "schedule/action.hpp"
#include "schedule/byte_budget.hpp"
#include "schedule/part.hpp"

#include <mtproto/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace mtproto::schedule {

enum class part_state { wanted, in_flight, received };

struct part {
    part_range range;
    byte_budget::room room;  ///< for its bytes
    part_state state = part_state::wanted;
    ticket request = 0;  ///< under way, or of the data
    ticket hedge = 0;    ///< the second request under way, when the first was late
    int attempts = 0;
    bool moved = false;  ///< from a connection that was lost or fell silent
    int losses = 0;      ///< those that count
    time_point lost{};   ///< when the last of them was counted
    int wrong_lengths = 0;
    int avoid = -1;  ///< the connection that brought a wrong length
    time_point not_before{};

    std::int64_t end() const noexcept { return range.offset + range.length; }
    ticket newest() const noexcept { return hedge != 0 ? hedge : request; }
    /// One of its requests is over without data: true when it has another, which goes on alone.
    bool goes_on_without(ticket ended) noexcept;
    /// A connection was lost with it. Losses within one outage are one.
    void count_loss(time_point now, duration one_outage) noexcept;
};

/// Contiguous parts from about where the reader is to where the next new part begins. Knows no time, no
/// connection and no request: the caller that drops a part ends its requests.
class part_list {
  public:
    /// Parts begin on multiples of `align`, and the range ends at `end`.
    part_list(std::int64_t begin, std::int64_t end, std::int32_t align);

    bool empty() const noexcept { return parts_.empty(); }
    std::size_t size() const noexcept { return parts_.size(); }
    part& front() { return parts_.front(); }
    part& back() { return parts_.back(); }
    part& operator[](std::size_t index) { return parts_[index]; }
    const part& operator[](std::size_t index) const { return parts_[index]; }
    auto begin() noexcept { return parts_.begin(); }
    auto end() noexcept { return parts_.end(); }
    auto begin() const noexcept { return parts_.begin(); }
    auto end() const noexcept { return parts_.end(); }
    /// The one that begins at `offset`, which must be there.
    part& at(std::int64_t offset);
    const part& at(std::int64_t offset) const;

    /// All before is consumed.
    std::int64_t read() const noexcept { return read_; }
    /// Where the next new part begins; aligned.
    std::int64_t next() const noexcept { return next_; }
    bool at_end() const noexcept { return next_ >= end_; }
    /// Bytes of the range for which there is no part yet.
    std::int64_t rest() const noexcept { return at_end() ? 0 : end_ - next_; }
    /// Leading parts that are delivered.
    std::size_t delivered() const noexcept { return delivered_; }
    /// Parts in state wanted.
    std::size_t wanted() const noexcept { return wanted_; }
    /// Whether a part was made since the start or the last restart(), and whether one was delivered.
    bool asked() const noexcept { return asked_; }
    bool begun() const noexcept { return begun_; }

    /// The next part, wanted.
    part& append(const part_range& range, byte_budget::room room);
    void send(part& one, ticket request) noexcept;
    void receive(part& one, ticket request) noexcept;
    void want_again(part& one, time_point not_before) noexcept;
    /// The next undelivered part in order, if it is here; it counts as delivered from then on.
    std::optional<deliver_part> deliver_next() noexcept;
    /// The reader has consumed all before `offset`: delivered parts go.
    void advance(std::int64_t offset);

    /// Whether the byte at `offset` belongs to a part.
    bool covers(std::int64_t offset) const noexcept;
    /// Reading goes on at `offset`, which is covered: parts before it go after `drop` has seen them, and the
    /// others are delivered again.
    template <typename Drop>
    void seek(std::int64_t offset, Drop drop) {
        while (!parts_.empty() && front().end() <= offset) {
            drop(front());
            drop_first();
        }
        read_ = offset;
        delivered_ = 0;
    }
    /// ... elsewhere: all parts go.
    template <typename Drop>
    void restart(std::int64_t offset, Drop drop) {
        while (!parts_.empty()) {
            drop(front());
            drop_first();
        }
        begin_at(offset);
    }
    void drop_last() noexcept;

  private:
    void begin_at(std::int64_t offset) noexcept;
    void drop_first() noexcept;

    std::deque<part> parts_;
    std::int64_t end_;
    std::int32_t align_;
    std::int64_t read_ = 0;
    std::int64_t next_ = 0;
    std::size_t delivered_ = 0;
    std::size_t wanted_ = 0;
    bool asked_ = false;
    bool begun_ = false;
};

}  // namespace mtproto::schedule
