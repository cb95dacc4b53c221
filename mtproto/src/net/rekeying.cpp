// A minute without an answer is enough for an old session.
#include "net/rekeying.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::net {

void rekeying::add_previous(const std::vector<std::int64_t>& key_ids) {
    previous_key_ids_.insert(previous_key_ids_.end(), key_ids.begin(), key_ids.end());
}

void rekeying::begin(key_ptr key) {
    if (key_) previous_key_ids_.push_back(key_->id());
    key_ = std::move(key);
    replaced_since_.reset();
}

bool rekeying::is_previous(std::int64_t key_id) const noexcept {
    return std::find(previous_key_ids_.begin(), previous_key_ids_.end(), key_id) != previous_key_ids_.end();
}

rekeying::step rekeying::next_step(const key_ptr& present, bool idle, time_point last_answer,
                                   time_point now) {
    if (!is_replaced(present)) return step::none;
    if (!replaced_since_) replaced_since_ = now;
    if (!idle && now < leave_by(last_answer)) return step::await_answers;
    return present ? step::switch_session : step::end_link;
}

time_point rekeying::leave_by(time_point last_answer) const noexcept {
    return std::max(replaced_since_.value_or(last_answer), last_answer) + patience_with_old_session;
}

}  // namespace mtproto::net
