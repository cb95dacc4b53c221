// Moves parts from state to state, and the ends of the list along the file.
#include "schedule/part_list.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace mtproto::schedule {

bool part::goes_on_without(ticket ended) noexcept {
    if (hedge == 0) return false;
    if (request == ended) request = hedge;
    hedge = 0;
    return true;
}

void part::count_loss(time_point now, duration one_outage) noexcept {
    if (losses > 0 && now - lost < one_outage) return;
    ++losses;
    lost = now;
}

part_list::part_list(std::int64_t begin, std::int64_t end, std::int32_t align) : end_(end), align_(align) {
    begin_at(begin);
}

/// At the end of the range there is no part, however it is aligned.
void part_list::begin_at(std::int64_t offset) noexcept {
    read_ = offset;
    next_ = offset >= end_ ? end_ : offset - offset % align_;
    delivered_ = 0;
    asked_ = false;
    begun_ = false;
}

const part& part_list::at(std::int64_t offset) const {
    const auto found =
        std::lower_bound(parts_.begin(), parts_.end(), offset,
                         [](const part& one, std::int64_t from) { return one.range.offset < from; });
    assert(found != parts_.end() && found->range.offset == offset);
    return *found;
}

part& part_list::at(std::int64_t offset) {
    return const_cast<part&>(std::as_const(*this).at(offset));
}

part& part_list::append(const part_range& range, byte_budget::room room) {
    part& made = parts_.emplace_back();
    made.range = range;
    made.room = std::move(room);
    next_ = made.end();
    asked_ = true;
    ++wanted_;
    return made;
}

void part_list::send(part& one, ticket request) noexcept {
    if (std::exchange(one.state, part_state::in_flight) == part_state::wanted) --wanted_;
    one.request = request;
}

void part_list::receive(part& one, ticket request) noexcept {
    one.state = part_state::received;
    one.request = request;
    one.hedge = 0;
}

void part_list::want_again(part& one, time_point not_before) noexcept {
    one.state = part_state::wanted;
    one.request = 0;
    one.not_before = not_before;
    ++wanted_;
}

std::optional<deliver_part> part_list::deliver_next() noexcept {
    while (delivered_ < parts_.size() && parts_[delivered_].state == part_state::received) {
        const part& next = parts_[delivered_++];
        begun_ = true;
        const std::int64_t from = std::max(read_, next.range.offset);
        const std::int64_t to = std::min(end_, next.end());
        if (to > from) return deliver_part{next.request, from, from - next.range.offset, to - from};
    }
    return std::nullopt;
}

void part_list::advance(std::int64_t offset) {
    read_ = std::max(read_, std::min(offset, end_));
    while (delivered_ > 0 && (parts_.front().end() <= read_ || read_ == end_))
        drop_first();
}

bool part_list::covers(std::int64_t offset) const noexcept {
    return !parts_.empty() && offset >= parts_.front().range.offset && offset < parts_.back().end();
}

void part_list::drop_first() noexcept {
    if (parts_.front().state == part_state::wanted) --wanted_;
    if (delivered_ > 0) --delivered_;
    parts_.pop_front();
}

void part_list::drop_last() noexcept {
    if (parts_.back().state == part_state::wanted) --wanted_;
    next_ = parts_.back().range.offset;
    parts_.pop_back();
    delivered_ = std::min(delivered_, parts_.size());
}

}  // namespace mtproto::schedule
