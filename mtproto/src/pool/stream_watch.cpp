// Judges a stream by its reader's waits and by what came.
#include "pool/stream_watch.hpp"

#include <algorithm>

namespace mtproto::pooling {

double stream_watch::rate(const mark& from, const observation& to) noexcept {
    const std::chrono::duration<double> took = to.now - from.at;
    return took.count() > 0 ? static_cast<double>(to.brought - from.brought) / took.count() : 0;
}

change stream_watch::look(const observation& what) {
    note(what);
    if (must_move(what)) return change::move;
    if (is_silent(what)) {
        last_byte_ = what.now;
        return change::stand_in;
    }
    return judge(what);
}

void stream_watch::note(const observation& what) {
    const bool first = looks_[0].at == time_point{};
    reader_.add(what.now, first ? 0 : std::max<std::int64_t>(what.position - position_, 0));
    position_ = what.position;
    if (first || what.brought > looks_[0].brought || !what.reader_waits || !what.wants_more)
        last_byte_ = what.now;
    if (first || !what.reader_waits) waits_since_ = what.now;
    if (first || what.reader_waits) calm_since_ = what.now;
    std::rotate(looks_.rbegin(), looks_.rbegin() + 1, looks_.rend());
    looks_[0] = {what.now, what.brought};
}

bool stream_watch::must_move(const observation& what) const {
    if (!what.waits_until || !what.wants_more) return false;
    const duration wait = *what.waits_until - what.now;
    if (wait < least_wait) return false;
    if (wait > patience_) return true;
    const double at_hand = reader_.rate() > 0 ? static_cast<double>(what.ahead) / reader_.rate() : 0;
    return std::chrono::duration<double>(wait).count() > at_hand;
}

bool stream_watch::is_silent(const observation& what) const {
    // What a server asks to wait for is no silence.
    if (what.waits_until && *what.waits_until > what.now) return false;
    return what.now - last_byte_ >= (what.brought > 0 ? silence : silence_at_first);
}

change stream_watch::judge(const observation& what) {
    if (what.accounts == 1) trial_.reset();
    if (what.accounts > 1 && what.now - calm_since_ >= calm) {
        trial_.reset();
        return change::separate;
    }
    const bool waits = what.brought > 0 && what.now - waits_since_ >= limited;
    const bool may_join = waits && what.accounts < what.most_accounts && what.now >= rest_until_;
    if (trial_) {
        if (may_join && what.now - trial_->at >= limited) {
            trial_ = looks_[0];
            return change::join;
        }
        if (what.now - trial_->at < trial) return change::none;
        const bool brings_more = rate(*trial_, what) >= before_ * (1 + worth);
        trial_.reset();
        if (brings_more) {
            rest_ = first_rest;
            return change::none;
        }
        rest_until_ = what.now + rest_;
        rest_ = std::min<duration>(rest_ * 2, longest_rest);
        return change::separate;
    }
    if (!may_join) return change::none;
    before_ = rate(looks_[2], what);
    trial_ = looks_[0];
    return change::join;
}

}  // namespace mtproto::pooling
