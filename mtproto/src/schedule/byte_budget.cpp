// Grants, refuses and asks back.
#include "schedule/byte_budget.hpp"

#include "schedule/part.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::schedule {

byte_budget::byte_budget(std::int64_t capacity)
    : capacity_(std::max(capacity, 2 * std::int64_t{smallest_part})) {}

bool byte_budget::someone_else_hungry(const share& but) const noexcept {
    return std::any_of(shares_.begin(), shares_.end(),
                       [&](const share* one) { return one != &but && one->hungry_; });
}

bool byte_budget::someone_else_starving(const share& but) const noexcept {
    return std::any_of(shares_.begin(), shares_.end(),
                       [&](const share* one) { return one != &but && one->starving(); });
}

std::int64_t byte_budget::shortage(bool of_starving) const noexcept {
    std::int64_t wanted = 0;
    for (const share* one : shares_)
        if (of_starving ? one->starving() : one->hungry_) wanted += one->wanted_;
    return std::max<std::int64_t>(wanted - (capacity_ - held_), 0);
}

void byte_budget::wake_waiting(const share& but) noexcept {
    for (share* one : shares_)
        if (one != &but && one->wanted_ > 0) one->owner_.wake();
}

/// A share that wants more than there is would be refused anyway. One whose fair part has shrunk since it was
/// refused may ask for less by now.
void byte_budget::wake_fitting(const share& but) noexcept {
    const std::int64_t room = capacity_ - held_;
    const std::int64_t all = weight(nullptr);
    if (all == 0) return;
    for (share* one : shares_) {
        if (one == &but || one->wanted_ == 0 || one->resting_) continue;
        const std::int64_t fitting = allowed_part_size(fair_part(one->weight_, all) / 2);
        if (std::min(one->wanted_, fitting) <= room) one->owner_.wake();
    }
}

/// Of those that hold or want something, and of `also`.
std::int64_t byte_budget::weight(const share* also) const noexcept {
    std::int64_t all = 0;
    for (const share* one : shares_)
        if (one == also || one->counts()) all += one->weight_;
    return all;
}

/// The capacity may be near the largest number there is.
std::int64_t byte_budget::fair_part(std::int64_t weight, std::int64_t of) const noexcept {
    return std::max<std::int64_t>(capacity_ / of * weight + capacity_ % of * weight / of, 1);
}

bool byte_budget::borrow(borrower& who, std::int64_t count) noexcept {
    const bool awaited =
        std::any_of(shares_.begin(), shares_.end(), [](const share* one) { return one->wanted_ > 0; });
    if (awaited || count > capacity_ - held_ - lent_) return false;
    borrower_ = &who;
    lent_ += count;
    peak_ = std::max(peak_, held_ + lent_);
    return true;
}

byte_budget::share::share(byte_budget& of, wakeable& owner, int weight)
    : budget_(of), owner_(owner), weight_(std::max(weight, 1)) {
    budget_.shares_.push_back(this);
}

byte_budget::share::~share() {
    std::erase(budget_.shares_, this);
    budget_.held_ -= held_;
    budget_.wake_waiting(*this);
}

std::int64_t byte_budget::share::fair() const noexcept {
    return resting_ ? 1 : budget_.fair_part(weight_, budget_.weight(this));
}

bool byte_budget::share::take(std::int64_t count) {
    // With nothing in hand a stream cannot move at all, so it is entitled to one part whatever its size.
    const bool entitled = held_ == 0 || count <= fair() - held_;
    const bool fits = count <= budget_.capacity_ - budget_.held_;
    // Others must not take again the bytes that they give back for one with nothing in hand.
    const bool refused_for_another = held_ > 0 && budget_.someone_else_starving(*this);
    if (fits && !refused_for_another && (entitled || !budget_.someone_else_hungry(*this))) {
        no_wish();
        held_ += count;
        budget_.held_ += count;
        const std::int64_t beyond = budget_.held_ + budget_.lent_ - budget_.capacity_;
        if (beyond > 0 && budget_.lent_ > 0) budget_.borrower_->let_go(beyond);
        budget_.peak_ = std::max(budget_.peak_, budget_.held_ + budget_.lent_);
        return true;
    }
    wanted_ = count;
    if (entitled && !hungry_) {
        hungry_ = true;
        for (share* one : budget_.shares_)
            if (one != this && one->asked_back() > 0) one->owner_.wake();
    }
    return false;
}

std::optional<byte_budget::room> byte_budget::share::take_room(std::int64_t count) {
    if (!take(count)) return std::nullopt;
    return room(*this, count);
}

void byte_budget::share::give(std::int64_t count) noexcept {
    held_ -= count;
    budget_.held_ -= count;
    // A wish that is refused from here on is a starving one, which others have yet to hear of.
    if (held_ == 0) hungry_ = false;
    gave_ = true;
}

void byte_budget::share::settle() noexcept {
    if (std::exchange(gave_, false)) budget_.wake_fitting(*this);
}

void byte_budget::share::no_wish() noexcept {
    const bool was_hungry = hungry_;
    wanted_ = 0;
    hungry_ = false;
    // Those above their fair part were refused for this one's sake.
    if (was_hungry) budget_.wake_fitting(*this);
}

void byte_budget::share::rest(bool so) noexcept {
    if (std::exchange(resting_, so) == so) return;
    if (so) no_wish();
    // The others' fair parts are others now.
    budget_.wake_waiting(*this);
}

std::int64_t byte_budget::share::asked_back() const noexcept {
    if (budget_.someone_else_starving(*this)) return std::min(budget_.shortage(true), held_);
    if (hungry_) return 0;
    return std::clamp<std::int64_t>(budget_.shortage(false), 0, std::max<std::int64_t>(held_ - fair(), 0));
}

}  // namespace mtproto::schedule
