// The msg_ids that this side sent lately: what a bad_msg_notification may be about (protocol 5.4).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace mtproto::session {

class sent_log {
  public:
    /// Some minutes of a busy session: a server complains at once or never.
    static constexpr std::size_t capacity = 4096;

    /// Larger than all before it.
    void add(std::int64_t msg_id) {
        if (ids_.size() == capacity) ids_.pop_front();
        ids_.push_back(msg_id);
    }
    bool contains(std::int64_t msg_id) const noexcept {
        return std::binary_search(ids_.begin(), ids_.end(), msg_id);
    }
    void clear() noexcept { ids_.clear(); }

  private:
    std::deque<std::int64_t> ids_;
};

}  // namespace mtproto::session
