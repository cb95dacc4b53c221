// Checks of a received message against those before it.
#include "localdc/inbox.hpp"

#include <iterator>

namespace mtproto::localdc {

bad_msg inbox::check_order(std::int64_t msg_id, std::int32_t seqno) const {
    const auto later = contents_.upper_bound(msg_id);
    if (later != contents_.end() && later->second <= seqno) return bad_msg::seqno_too_high;
    if (later != contents_.begin() && std::prev(later)->second >= seqno) return bad_msg::seqno_too_low;
    return bad_msg::none;
}

receipt inbox::take(std::int64_t msg_id, std::int32_t seqno, numbering kind) {
    if (seen_.contains(msg_id)) return {bad_msg::none, true};
    if (msg_id <= forgotten_) return {bad_msg::msg_too_old, false};
    if (kind == numbering::content) {
        if (seqno % 2 == 0) return {bad_msg::seqno_not_odd, false};
        if (const bad_msg problem = check_order(msg_id, seqno); problem != bad_msg::none)
            return {problem, false};
        contents_.emplace(msg_id, seqno);
    }
    seen_.emplace(msg_id, seqno);
    if (seen_.size() > window) {
        forgotten_ = seen_.begin()->first;
        contents_.erase(forgotten_);
        seen_.erase(seen_.begin());
    }
    return {};
}

std::byte inbox::state(std::int64_t msg_id) const {
    if (seen_.contains(msg_id)) return std::byte{4};
    if (msg_id <= forgotten_ || seen_.empty() || msg_id < seen_.begin()->first) return std::byte{1};
    return msg_id > seen_.rbegin()->first ? std::byte{3} : std::byte{2};
}

}  // namespace mtproto::localdc
