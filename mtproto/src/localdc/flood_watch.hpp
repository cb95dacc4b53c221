// Whether clients wait as long as they were told to: floods that are on, and what comes too early.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace mtproto::localdc {

/// A client cannot be blamed for what was under way when it was told. So only what it sends after it
/// acknowledged the flood counts, by the clocks of its msg_ids. Pure: the caller brings the time.
class flood_watch {
  public:
    /// Whose requests of what kind a flood holds up.
    struct subject {
        int dc = 0;
        std::int64_t user = 0;
        std::string method;

        friend bool operator==(const subject&, const subject&) = default;
    };

    /// The query `req_msg_id` of a session is answered with a wait.
    void told(subject who, std::int64_t session, std::int64_t req_msg_id, unix_time now, duration wait);
    /// The client has acknowledged the answer to a query, in a message of `ack_msg_id`.
    void acknowledged(std::int64_t session, std::int64_t req_msg_id, std::int64_t ack_msg_id);
    /// A query comes: how much too early, if it is.
    std::optional<duration> asked(const subject& who, std::int64_t msg_id, unix_time now);

    bool empty() const noexcept { return floods_.empty(); }

  private:
    struct flood {
        subject who;
        std::int64_t session = 0;
        std::int64_t req_msg_id = 0;
        unix_time until{0};
        std::optional<unix_time> known;  // to the client, since
    };
    static constexpr std::size_t most_floods = 1000;

    std::deque<flood> floods_;
};

}  // namespace mtproto::localdc
