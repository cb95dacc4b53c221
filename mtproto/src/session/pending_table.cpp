// Keeps requests findable by their own ids, by msg_ids, and in the order they are to be sent in.
#include "session/pending_table.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::session {

request_id pending_table::add(pending made, bool at_front) {
    const request_id id{++last_id_};
    made.id = id;
    made.queued = true;
    all_.emplace(id, std::move(made));
    if (at_front)
        queue_.push_front(id);
    else
        queue_.push_back(id);
    return id;
}

pending* pending_table::find(request_id id) {
    const auto found = all_.find(id);
    return found == all_.end() ? nullptr : &found->second;
}

pending* pending_table::find_sent(std::int64_t msg_id) {
    const auto found = by_msg_id_.find(msg_id);
    return found == by_msg_id_.end() ? nullptr : find(found->second);
}

void pending_table::sent_front(std::int64_t msg_id) {
    pending& what = front();
    queue_.pop_front();
    what.queued = false;
    what.msg_ids.push_back(msg_id);
    by_msg_id_.emplace(msg_id, what.id);
}

void pending_table::requeue(pending& what) {
    if (what.queued) return;
    what.queued = true;
    what.acknowledged = false;
    what.silent_states = 0;
    what.answer_id = 0;
    queue_.push_front(what.id);
}

void pending_table::forget_msg_id(pending& what, std::int64_t msg_id) {
    std::erase(what.msg_ids, msg_id);
    by_msg_id_.erase(msg_id);
}

void pending_table::forget_msg_ids(pending& what) {
    for (const std::int64_t msg_id : what.msg_ids)
        by_msg_id_.erase(msg_id);
    what.msg_ids.clear();
}

void pending_table::erase(request_id id) {
    pending* what = find(id);
    if (!what) return;
    forget_msg_ids(*what);
    if (what->queued) queue_.erase(std::find(queue_.begin(), queue_.end(), id));
    all_.erase(id);
}

}  // namespace mtproto::session
