// Tells fresh msg_ids from those seen before.
#include "session/replay_window.hpp"

#include <algorithm>

namespace mtproto::session {

replay_window::verdict replay_window::judge(std::int64_t msg_id) const noexcept {
    if (ids_.size() == capacity && msg_id < ids_.front()) return verdict::too_old;
    return std::binary_search(ids_.begin(), ids_.end(), msg_id) ? verdict::duplicate : verdict::fresh;
}

replay_window::verdict replay_window::admit(std::int64_t msg_id) {
    const verdict found = judge(msg_id);
    if (found != verdict::fresh) return found;
    if (ids_.size() == capacity) ids_.erase(ids_.begin());
    // Ids nearly always come in order: the place is at the end, or close to it.
    ids_.insert(std::upper_bound(ids_.begin(), ids_.end(), msg_id), msg_id);
    return found;
}

}  // namespace mtproto::session
