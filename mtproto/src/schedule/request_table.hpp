// The requests of one download that are under way.
#pragma once

#include "schedule/action.hpp"
#include "schedule/byte_budget.hpp"
#include "schedule/connection_table.hpp"
#include "schedule/permit.hpp"

#include <mtproto/window.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace mtproto::schedule {

/// The facts of a request, which outlive it.
struct sent_request {
    std::int64_t offset = 0;  ///< of its part
    window::pending_part pending;
    time_point sent{};
    std::int64_t delivered = 0;  ///< bytes over the connection before it was sent
    bool hedge = false;          ///< the second one for its part
};

/// One request from when it is sent. It gives all that it holds back when it dies: its permit, its place on
/// the connection, and a hedge the room for another answer.
struct request : sent_request {
    connection_table::place place;
    permit permission;
    byte_budget::room room;
};

/// A request ends in one of three ways, and tells its gate and its queue of it: answered, refused by a flood
/// wait, or dropped. Those that are left are dropped when the table dies.
class request_table {
  public:
    request_table() = default;
    request_table(const request_table&) = delete;
    request_table& operator=(const request_table&) = delete;

    bool empty() const noexcept { return requests_.empty(); }
    int count() const noexcept { return static_cast<int>(requests_.size()); }
    /// Bytes that they ask for.
    std::int64_t bytes() const noexcept { return bytes_; }
    const sent_request* find(ticket id) const noexcept;
    const sent_request& at(ticket id) const { return requests_.at(id); }
    /// Those over `connection`, the oldest first.
    std::vector<ticket> over(int connection) const;
    template <typename Test>
    bool any(Test test) const {
        for (const auto& [id, one] : requests_)
            if (test(static_cast<const sent_request&>(one))) return true;
        return false;
    }

    ticket add(request made);
    /// The facts of the request that has ended; nothing when there was none.
    std::optional<sent_request> answered(ticket id, time_point now, bool by_connection);
    std::optional<sent_request> refused(ticket id, time_point now, duration wait);
    std::optional<sent_request> drop(ticket id);
    /// A hedge is its part's only request from now on; the room for another answer is there again.
    byte_budget::room promote(ticket hedge);

  private:
    std::optional<request> take(ticket id);

    std::map<ticket, request> requests_;  ///< in the order in which they were sent
    std::int64_t bytes_ = 0;
    ticket last_ = 0;
};

}  // namespace mtproto::schedule
