// The other end: a data centre that serves parts under its rules.
#pragma once

#include "sim/event_queue.hpp"
#include "sim/scenario.hpp"
#include "traffic/fault_plan.hpp"
#include "traffic/server_rules.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace mtproto::sim {

/// What comes back for a request.
struct answer {
    enum class kind { part, flood, trouble };
    kind what = kind::part;
    std::int64_t size = 0;         ///< bytes of the part
    std::chrono::seconds wait{0};  ///< of a flood
};

/// Answers go over the connection one after the other, as soon as they are ready.
class server {
  public:
    /// Told of a connection; called in virtual time when it arrives at the client.
    struct client {
        std::function<void(std::uint64_t request, const answer&)> answered;
        /// It ended; with -429, or without a reason.
        std::function<void(bool flood)> ended;
    };

    server(event_queue& events, const scenario& what);
    ~server();

    /// Calls `up` with the connection's number a round trip later.
    void connect(client who, std::function<void(std::int64_t)> up);
    /// The client leaves.
    void leave(std::int64_t connection);
    void ask(std::int64_t connection, std::uint64_t request, std::int64_t size);
    /// Not wanted any more: not sent, if it is not being sent already.
    void drop(std::int64_t connection, std::uint64_t request);
    /// Calls back when the connection answers, which a dead one never does.
    void ping(std::int64_t connection, std::function<void()> pong);
    /// Whether the client is getting bytes over it right now.
    bool is_sending(std::int64_t connection) const;

    const traffic::account_limits& account() const noexcept { return account_; }
    int connections() const noexcept { return static_cast<int>(open_.size()); }
    int kills() const noexcept { return kills_; }

  private:
    struct waiting {
        std::uint64_t request = 0;
        answer what;
    };
    struct line {
        line(const traffic::server_rules& rules, std::uint64_t seed)
            : in(traffic::connection_path(rules), seed),
              out(traffic::connection_path(rules), seed + 1),
              quota(rules.flood.connection_bytes) {}

        client who;
        traffic::connection_facts facts;
        traffic::path in;
        traffic::path out;
        traffic::token_bucket quota;
        std::deque<waiting> queue;
        std::set<std::uint64_t> at_work;  ///< slow parts that are not ready yet
        bool sending = false;
        bool silent = false;
        time_point frozen_until{};
    };

    std::shared_ptr<line> find(std::int64_t connection) const;
    void arrived(std::int64_t connection, std::uint64_t request, std::int64_t size);
    void enqueue(const std::shared_ptr<line>& to, std::uint64_t request, const answer& what);
    void send_next(const std::shared_ptr<line>& to);
    void end(const std::shared_ptr<line>& which, bool flood);
    void meet(const std::shared_ptr<line>& which);
    void watch(const std::shared_ptr<line>& which);
    void suffer(const std::shared_ptr<line>& which, const traffic::fault& what);

    event_queue& events_;
    traffic::server_rules rules_;
    traffic::account_limits account_;
    traffic::fault_plan faults_;
    traffic::chance chance_;
    std::map<std::int64_t, std::shared_ptr<line>> open_;
    std::int64_t accepted_ = 0;
    int kills_ = 0;
};

}  // namespace mtproto::sim
