// The calls of one connection: where each is, and what an answer or an error makes of it.
#pragma once

#include "rpc/classify.hpp"
#include "session/request.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::net {

/// A request that a connection has taken and not answered.
struct pending_call {
    bytes request;  ///< as the caller gave it
    std::string method;
    bool idempotent = false;
    std::function<void()> on_done = {};  ///< called when `answer` is there

    session::request_id id = {};                    ///< when a session has it
    std::optional<time_point> sent = std::nullopt;  ///< when it was handed to a session with a link
    bool initializes = false;                       ///< sent inside initConnection
    int initializations = 0;                        ///< how often the server asked for that
    int bindings = 0;                               ///< how often its temporary key was found unbound
    int setbacks = 0;                               ///< attempts and links that failed under it
    bool done = false;
    outcome<bytes> answer = {};
};

/// Pure: the caller brings the time, and tells the session.
class call_table {
  public:
    using call_ptr = std::shared_ptr<pending_call>;

    /// Of a connection to data centre `dc`.
    explicit call_table(int dc) noexcept : dc_(dc) {}

    std::size_t size() const noexcept { return waiting_.size() + sent_.size(); }
    /// Whether the session has none of them.
    bool idle() const noexcept { return sent_.empty(); }

    /// Waits for a session.
    void wait(call_ptr call) { waiting_.push_back(std::move(call)); }
    /// The session has it as `id`.
    void sent(const call_ptr& call, session::request_id id, time_point now);
    std::vector<call_ptr> take_waiting();
    /// In the order in which they were sent.
    std::vector<call_ptr> take_sent();
    /// The caller went away, or the call is given up: true when the session has it, which must drop it.
    bool remove(const call_ptr& call);

    /// Whether a call goes out inside initConnection: until one of those was answered (protocol 5.11).
    bool must_initialize() const noexcept { return !initialized_; }
    void forget_initialization() noexcept { initialized_ = false; }

    /// Ends the call with its answer. False when there is none by that name.
    bool answered(session::request_id id, bytes body, time_point now);
    /// Ends the call without one.
    void lost(session::request_id id, failure why);
    /// The server refused a call: it is taken out, and not ended.
    call_ptr refused(session::request_id id);
    enum class next_step {
        fail,        ///< the caller's to judge
        send_again,  ///< with initConnection
        bind_again,  ///< under another temporary key
        drop_key,    ///< and fail: the key is not to be used again
    };
    /// What becomes of a refused call. `temporary`: so is the connection's key.
    next_step judge(pending_call& call, rpc::action advice, bool temporary);

    /// An attempt or a link failed under all of them. Gives those that have had `limit` of that, or all; they
    /// are still in the table.
    std::vector<call_ptr> add_setback(int limit, bool all);
    /// Ends a call, once.
    void finish(pending_call& call, outcome<bytes> with) const;

    /// The method of the call that was removed last while a session had it: a refusal may come for it yet.
    const std::string& cancelled_method() const noexcept { return cancelled_method_; }
    /// The shortest round trip; 0 before the first.
    duration round_trip() const noexcept { return round_trip_; }
    /// It was measured in another way.
    void set_round_trip(duration measured) noexcept { round_trip_ = measured; }

  private:
    call_ptr take(session::request_id id);

    int dc_;
    std::vector<call_ptr> waiting_;
    std::map<session::request_id, call_ptr> sent_;
    std::string cancelled_method_;
    bool initialized_ = false;
    duration round_trip_{};
};

}  // namespace mtproto::net
