// The parts that have come of a range, and the chunks that its reader gets of them, in order.
#pragma once

#include "schedule/action.hpp"

#include <mtproto/byte_stream.hpp>

#include <cstdint>
#include <deque>
#include <unordered_map>

namespace mtproto::download {

/// A chunk shares its part's data, which stays here until the reader comes again.
class chunk_queue {
  public:
    explicit chunk_queue(std::int64_t position) : position_(position) {}

    void received(schedule::ticket id, bytes data);
    /// Of a part that was received.
    void deliver(const schedule::deliver_part& next) { ready_.push_back(next); }
    void drop(schedule::ticket id);

    bool ready() const noexcept { return !ready_.empty(); }
    /// Bytes that are ready.
    std::int64_t ahead() const noexcept;
    chunk take();
    /// The reader is through with the chunk that it took last.
    void release();

    /// Where the next chunk begins.
    std::int64_t position() const noexcept { return position_; }
    /// Parts that are still good are delivered again, that of the last chunk included.
    void seek(std::int64_t position);
    void clear();

  private:
    std::unordered_map<schedule::ticket, bytes> data_;
    std::deque<schedule::deliver_part> ready_;
    schedule::ticket taken_ = 0;
    std::int64_t position_;
};

}  // namespace mtproto::download
