// Cuts chunks out of parts, and lets the data of parts go.
#include "download/chunk_queue.hpp"

#include <cstddef>
#include <utility>

namespace mtproto::download {

std::int64_t chunk_queue::ahead() const noexcept {
    std::int64_t sum = 0;
    for (const schedule::deliver_part& one : ready_)
        sum += one.length;
    return sum;
}

void chunk_queue::received(schedule::ticket id, bytes data) {
    data_.emplace(id, std::move(data));
}

void chunk_queue::drop(schedule::ticket id) {
    data_.erase(id);
    std::erase_if(ready_, [&](const schedule::deliver_part& each) { return each.id == id; });
}

chunk chunk_queue::take() {
    const schedule::deliver_part next = ready_.front();
    ready_.pop_front();
    taken_ = next.id;
    position_ = next.offset + next.length;
    chunk made;
    made.offset = next.offset;
    made.data =
        data_.at(next.id).slice(static_cast<std::size_t>(next.skip), static_cast<std::size_t>(next.length));
    return made;
}

void chunk_queue::release() {
    if (taken_ != 0) data_.erase(std::exchange(taken_, 0));
}

void chunk_queue::seek(std::int64_t position) {
    position_ = position;
    ready_.clear();
    taken_ = 0;
}

void chunk_queue::clear() {
    data_.clear();
    ready_.clear();
}

}  // namespace mtproto::download
