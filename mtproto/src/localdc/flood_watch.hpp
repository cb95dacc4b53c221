// Whether clients wait as long as they were told to: floods that are on, and what comes too early.
#pragma once

#include <mtproto/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace mtproto::localdc {

/// A client cannot be blamed for what was under way when it was told, nor for sending that again when it got
/// lost, which the server may not have seen when a connection ended. It counts what is asked for the first
/// time, by the clocks of its msg_ids, after the client's acknowledgement of the flood came, on a connection
/// that has got answers; and what the flood was the answer to. An answer to a query that was sent again
/// before says nothing to a client. Pure: the caller brings the time.
class flood_watch {
  public:
    /// Whose requests of what kind a flood holds up.
    struct subject {
        int dc = 0;
        std::int64_t key = 0;  ///< the permanent one: who is signed in may change meanwhile
        std::string method;

        friend bool operator==(const subject&, const subject&) = default;
    };

    /// A query that may be held up; `body` is a number for what it asks.
    struct query {
        std::int64_t session = 0;
        std::int64_t msg_id = 0;
        std::size_t body = 0;
        /// Nothing was answered on its connection yet: it may be what was lost with another one.
        bool begins = false;
    };

    /// A query is answered with a wait.
    void told(const subject& who, const query& what, unix_time now, duration wait);
    /// The client's acknowledgement of the answer to a query has come. When the client sent it does not
    /// count: each of its sessions has an idea of the server's time of its own, late by what its first packet
    /// took.
    void acknowledged(std::int64_t session, std::int64_t req_msg_id, unix_time now);
    /// A query comes, before told() if that is its answer: how much too early, if it is.
    std::optional<duration> asked(const subject& who, const query& what, unix_time now);

  private:
    struct flood {
        subject client;
        query request;
        unix_time until{0};
        std::optional<unix_time> known;  // to the client, since
        std::set<std::size_t> under_way;
    };
    static constexpr std::size_t most_floods = 1000;
    static constexpr std::size_t most_recent = 256;

    std::deque<flood> floods_;
    std::deque<std::pair<subject, std::size_t>> recent_;  // bodies
};

}  // namespace mtproto::localdc
