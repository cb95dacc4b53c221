// The requests of a session: those that wait to be sent and those that wait for an answer.
#pragma once

#include "session/request.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

namespace mtproto::session {

/// A request that is not over.
struct pending {
    request_id id;
    bytes body;  ///< as it is sent: packed if that paid
    body_maker make;
    send_options options;

    bool queued = true;                 ///< waits to be sent, for the first time or again
    std::vector<std::int64_t> msg_ids;  ///< under which it was sent in this session; the last one counts
    std::int64_t packet_id = 0;         ///< the container it went in, or its own msg_id
    std::uint64_t link = 0;             ///< the link it was sent on
    time_point sent{};
    time_point first_sent{};
    time_point asked{};          ///< when its state was asked, or `sent`
    time_point awaited{};        ///< when something told last that its answer may be on its way
    bool acknowledged = false;   ///< the server has it
    int silent_states = 0;       ///< how often in a row the server said so, and no answer came
    std::int64_t answer_id = 0;  ///< the server's msg_id of the answer that it announced (protocol 5.7)
    int refused = 0;             ///< how often the server refused it, or lost its answer
};

class pending_table {
  public:
    request_id add(pending made, bool at_front);
    /// Null when it is over, or never was.
    pending* find(request_id id);
    /// By any msg_id that it was sent under.
    pending* find_sent(std::int64_t msg_id);

    bool has_queued() const noexcept { return !queue_.empty(); }
    /// The next to send; there is one.
    pending& front() { return *find(queue_.front()); }
    /// The front was sent under this msg_id.
    void sent_front(std::int64_t msg_id);
    /// Sends it again, before all that wait. Those of a batch are given last first, to keep their order.
    void requeue(pending& what);
    /// It is over: forgets it and all its msg_ids.
    void erase(request_id id);
    /// Forgets one msg_id that it was sent under: nothing more comes for it.
    void forget_msg_id(pending& what, std::int64_t msg_id);
    /// Forgets the msg_ids it was sent under: they belong to a session that is gone.
    void forget_msg_ids(pending& what);

    /// In the order of their ids, which is the order they came in.
    std::map<request_id, pending>& all() noexcept { return all_; }
    const std::map<request_id, pending>& all() const noexcept { return all_; }

  private:
    std::uint64_t last_id_ = 0;
    std::map<request_id, pending> all_;
    std::deque<request_id> queue_;
    std::unordered_map<std::int64_t, request_id> by_msg_id_;
};

}  // namespace mtproto::session
