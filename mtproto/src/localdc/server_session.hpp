// A client's session on a data centre: what it was sent and has not acknowledged, and the numbers of what
// comes next.
#pragma once

#include "localdc/answer.hpp"
#include "localdc/inbox.hpp"
#include "wire/msg_id.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace mtproto::localdc {

struct session_context;

/// Sends what is no answer, over the connection of a session.
class session_carrier {
  public:
    virtual void push(const session_context& at, message news) = 0;

  protected:
    ~session_carrier() = default;
};

class server_session {
  public:
    /// Messages kept for clients that do not acknowledge: beyond it the oldest are forgotten.
    static constexpr std::size_t most_unacknowledged = 512;
    /// Of bodies: a part of a file is kept as where it is read from.
    static constexpr std::size_t most_unacknowledged_bytes = 16u << 20;

    server_session(std::int64_t id, std::int64_t unique_id) noexcept : id_(id), unique_id_(unique_id) {}

    std::int64_t id() const noexcept { return id_; }
    /// Of new_session_created.
    std::int64_t unique_id() const noexcept { return unique_id_; }
    inbox& received() noexcept { return received_; }

    /// Gives a message its numbers, unless it has them already, and remembers it if it needs an
    /// acknowledgement.
    void number(message& what, unix_time now);
    /// Numbers for a container around messages that have theirs.
    std::int64_t container_msg_id(unix_time now) { return ids_.next(now, false); }
    std::int32_t container_seqno() const noexcept { return 2 * content_count_; }

    /// The client has these.
    void acknowledge(const std::vector<std::int64_t>& msg_ids);
    /// A message that was sent and not acknowledged, or null.
    const message* sent(std::int64_t msg_id) const;
    /// The answer to a query that was sent and not acknowledged, or null.
    const message* answer_to(std::int64_t req_msg_id) const;
    /// An answer that was numbered has become another.
    void amend(const message& changed);
    /// Forgets an answer that the client does not want any more.
    void forget(std::int64_t msg_id);

    /// A message that nobody asked for: at once, or with the next connection.
    void push(const session_context& at, message news) {
        if (carrier != nullptr) return carrier->push(at, std::move(news));
        keep(std::move(news));
    }

    /// Messages that a connection could not send any more.
    void keep(message undelivered) { undelivered_.push_back(std::move(undelivered)); }
    /// Those that other connections could not send and nobody has taken since.
    std::deque<message> take_undelivered() { return std::exchange(undelivered_, {}); }
    /// Messages that a new connection has to send first: small messages again, news of large ones
    /// (protocol 5.7), and what was never sent.
    std::vector<message> take_up();

    /// Queries that ended in an error, for invokeAfterMsg.
    void note_failure(std::int64_t msg_id);
    bool failed(std::int64_t msg_id) const { return failures_.contains(msg_id); }

    /// How many connections carry it now.
    int connections = 0;
    /// The last of them; null when there is none.
    session_carrier* carrier = nullptr;

  private:
    std::int64_t id_;
    std::int64_t unique_id_;
    inbox received_;
    wire::server_msg_ids ids_;
    std::int32_t content_count_ = 0;
    std::map<std::int64_t, message> unacknowledged_;
    std::size_t unacknowledged_bytes_ = 0;
    std::deque<message> undelivered_;
    std::set<std::int64_t> failures_;
};

}  // namespace mtproto::localdc
