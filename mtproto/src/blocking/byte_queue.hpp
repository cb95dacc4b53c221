// Slices of bytes in order: added behind, read and skipped from the front.
#pragma once

#include <mtproto/bytes.hpp>

#include <cstddef>
#include <deque>

namespace mtproto::blocking {

class byte_queue {
  public:
    void push(bytes slice);
    /// Moves as many bytes into `into` as there are, up to its size.
    std::size_t read(byte_span into);
    /// Drops the first `count` bytes, of which there must be so many.
    void skip(std::size_t count);
    void clear();

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }

  private:
    /// Of the first slice; it must have so many.
    void drop_front(std::size_t count);

    std::deque<bytes> slices_;
    std::size_t size_ = 0;
};

}  // namespace mtproto::blocking
