// Takeout sessions: one an account, after a delay if the options say so.
#pragma once

#include <mtproto/clock.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

namespace mtproto::localdc {

/// Pure: the caller brings the time.
class takeouts {
  public:
    explicit takeouts(std::chrono::seconds delay) noexcept : delay_(delay) {}

    /// An account wants a takeout; nothing, or how long it has to wait before it may have one.
    std::optional<std::chrono::seconds> asked(std::int64_t user, time_point now);
    /// Begins one, which takes the place of another. `id` names it.
    void begin(std::int64_t user, std::int64_t id) { by_user_[user].id = id; }
    bool is_open(std::int64_t user, std::int64_t id) const;
    void finish(std::int64_t user) { by_user_[user].id.reset(); }

  private:
    struct takeout {
        std::optional<time_point> not_before{};
        std::optional<std::int64_t> id{};
    };

    std::chrono::seconds delay_;
    std::map<std::int64_t, takeout> by_user_;
};

}  // namespace mtproto::localdc
