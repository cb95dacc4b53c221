// Copies out of slices, and lets each go once its last byte is read.
#include "blocking/byte_queue.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mtproto::blocking {

void byte_queue::push(bytes slice) {
    if (slice.empty()) return;
    size_ += slice.size();
    slices_.push_back(std::move(slice));
}

std::size_t byte_queue::read(byte_span into) {
    std::size_t filled = 0;
    while (filled < into.size() && !slices_.empty()) {
        const bytes& front = slices_.front();
        const std::size_t count = std::min(front.size(), into.size() - filled);
        std::memcpy(into.data() + filled, front.data(), count);
        filled += count;
        drop_front(count);
    }
    return filled;
}

void byte_queue::skip(std::size_t count) {
    while (count > 0) {
        const std::size_t here = std::min(slices_.front().size(), count);
        count -= here;
        drop_front(here);
    }
}

void byte_queue::clear() {
    slices_.clear();
    size_ = 0;
}

void byte_queue::drop_front(std::size_t count) {
    size_ -= count;
    bytes& front = slices_.front();
    if (count == front.size())
        slices_.pop_front();
    else
        front = front.slice(count);
}

}  // namespace mtproto::blocking
