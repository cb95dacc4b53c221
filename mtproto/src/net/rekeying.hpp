// The keys of the sessions on one link, one after the other, and when the next one takes over.
#pragma once

#include "crypto/auth_key.hpp"

#include <mtproto/clock.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace mtproto::net {

/// A session belongs to its key. When that is given up or renewed the session goes on until its calls are
/// answered, and then another one begins on the same link (protocol 3.1). Pure: the caller brings the time.
class rekeying {
  public:
    using key_ptr = std::shared_ptr<const crypto::auth_key>;

    /// An old session is given up when no answer has come in it for this long. 1 MiB comes within it at
    /// 17 KB/s.
    static constexpr duration patience_with_old_session = std::chrono::seconds(60);

    /// `permanent`: the key behind the link's temporary ones, as it is now; null when there is none.
    explicit rekeying(key_ptr permanent = nullptr) noexcept : permanent_(std::move(permanent)) {}

    /// These keys were used on the link, and packets under them may still come.
    void add_previous(const std::vector<std::int64_t>& key_ids);
    /// A session under `key` begins; that under the key before has ended.
    void begin(key_ptr key);
    /// The key of the session; null before the first.
    const key_ptr& key() const noexcept { return key_; }
    /// Whether it was the key of a session before this one.
    bool is_previous(std::int64_t key_id) const noexcept;

    /// Whether the session has a key that is no longer `present`.
    bool is_replaced(const key_ptr& present) const noexcept { return key_ && key_ != present; }
    /// The same, or the permanent key behind it is no longer that.
    bool is_given_up(const key_ptr& present, const key_ptr& permanent) const noexcept {
        return is_replaced(present) || (permanent_ && permanent_ != permanent);
    }

    enum class step {
        none,            ///< the session has the present key
        await_answers,   ///< until leave_by(): the session still has calls
        switch_session,  ///< to one under the present key
        end_link,        ///< there is no present key: the next link makes one
    };
    /// `idle`: the session has no calls. `last_answer`: to any call.
    step next_step(const key_ptr& present, bool idle, time_point last_answer, time_point now);
    /// When the calls of a session whose key was replaced are not waited for any more.
    time_point leave_by(time_point last_answer) const noexcept;

  private:
    key_ptr key_;
    key_ptr permanent_;
    std::vector<std::int64_t> previous_key_ids_;
    std::optional<time_point> replaced_since_;  // as next_step noticed it
};

}  // namespace mtproto::net
