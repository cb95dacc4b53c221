// Requests come in, parts go out, and what the rules do to them.
#include "sim/server.hpp"

#include "traffic/scenario.hpp"

#include <mtproto/error.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace mtproto::sim {
namespace {

constexpr std::int64_t request_size = 200;  // bytes on the wire, about
constexpr std::int64_t refusal_size = 150;
constexpr std::int64_t envelope_size = 100;  // around a part

std::vector<traffic::fault> faults_of(const std::string& text) {
    auto read = traffic::parse_scenario(text);
    if (!read) throw error(read.error());
    return std::move(*read);
}

/// What "420 FLOOD_WAIT_3" is to a client.
answer refusal(std::string_view text) {
    const std::size_t number = text.rfind('_');
    std::int64_t seconds = 0;
    if (text.starts_with("420 ") && number != text.npos) {
        std::from_chars(text.data() + number + 1, text.data() + text.size(), seconds);
        return {answer::kind::flood, 0, std::chrono::seconds(seconds)};
    }
    return {answer::kind::trouble, 0, {}};
}

}  // namespace

server::server(event_queue& events, const scenario& what)
    : events_(events),
      rules_(what.rules),
      account_(what.rules, what.seed),
      faults_(faults_of(what.faults), what.seed),
      chance_(what.seed) {
    faults_.start(events_.now());
}

server::~server() = default;

std::shared_ptr<server::line> server::find(std::int64_t connection) const {
    const auto found = open_.find(connection);
    return found == open_.end() ? nullptr : found->second;
}

void server::connect(client who, std::function<void(std::int64_t)> up) {
    const auto made = std::make_shared<line>(rules_, chance_.below(1u << 30));
    made->who = std::move(who);
    const time_point there = made->in.send(events_.now(), 0);
    events_.at(there, [this, made, up = std::move(up)] {
        const std::int64_t number = ++accepted_;
        made->facts.number = number;
        made->facts.media = true;
        made->facts.accepted = events_.now();
        const bool admitted = account_.admits(connections() + 1);
        open_.emplace(number, made);
        events_.at(made->out.send(events_.now(), 0), [up, number] { up(number); });
        if (!admitted) {
            ++kills_;
            end(made, true);
        } else {
            watch(made);
        }
    });
}

void server::leave(std::int64_t connection) {
    open_.erase(connection);
}

void server::ask(std::int64_t connection, std::uint64_t request, std::int64_t size) {
    const std::shared_ptr<line> from = find(connection);
    if (!from) return;
    events_.at(from->in.send(events_.now(), request_size),
               [this, connection, request, size] { arrived(connection, request, size); });
}

void server::arrived(std::int64_t connection, std::uint64_t request, std::int64_t size) {
    const std::shared_ptr<line> on = find(connection);
    if (!on || on->silent) return;
    meet(on);
    if (!find(connection) || on->silent) return;
    ++on->facts.received.packets;
    on->facts.received.bytes += request_size;
    const traffic::fault* fault = faults_.at_event("getFile", true, on->facts, events_.now());
    if (fault && fault->kind == traffic::fault_kind::rpc_error)
        return enqueue(on, request, refusal(fault->text));
    if (fault) suffer(on, *fault);
    if (!find(connection) || on->silent) return;
    if (const auto wait = account_.ask(events_.now(), size, on->quota))
        return enqueue(on, request, {answer::kind::flood, 0, *wait});
    const answer part{answer::kind::part, size, {}};
    const duration slow = account_.slowness();
    if (slow == duration{0}) return enqueue(on, request, part);
    on->at_work.insert(request);
    events_.after(slow, [this, on, request, part] {
        if (on->at_work.erase(request) != 0) enqueue(on, request, part);
    });
}

void server::enqueue(const std::shared_ptr<line>& to, std::uint64_t request, const answer& what) {
    to->queue.push_back({request, what});
    if (!to->sending) send_next(to);
}

/// Each answer has the line, and its share of the account's, to itself until its last byte has left.
void server::send_next(const std::shared_ptr<line>& to) {
    to->sending = false;
    if (to->queue.empty() || to->silent || find(to->facts.number) != to) return;
    to->sending = true;
    const time_point now = events_.now();
    if (to->frozen_until > now) {
        events_.at(to->frozen_until, [this, to] { send_next(to); });
        return;
    }
    const waiting next = to->queue.front();
    to->queue.pop_front();
    const bool part = next.what.what == answer::kind::part;
    const std::int64_t size = part ? next.what.size + envelope_size : refusal_size;
    const time_point left = part ? account_.send(now, next.what.size) : now;
    const time_point arrives = to->out.send(now, size);
    const time_point idle = std::max(to->out.idle_at(), left);
    events_.at(idle, [this, to, size] {
        ++to->facts.sent.packets;
        to->facts.sent.bytes += size;
        meet(to);
        send_next(to);
    });
    events_.at(arrives + (idle - to->out.idle_at()), [this, to, next] {
        if (find(to->facts.number) == to && !to->silent) to->who.answered(next.request, next.what);
    });
}

void server::drop(std::int64_t connection, std::uint64_t request) {
    const std::shared_ptr<line> on = find(connection);
    if (!on) return;
    events_.at(on->in.send(events_.now(), request_size), [on, request] {
        on->at_work.erase(request);
        std::erase_if(on->queue, [&](const waiting& one) { return one.request == request; });
    });
}

void server::ping(std::int64_t connection, std::function<void()> pong) {
    const std::shared_ptr<line> on = find(connection);
    if (!on) return;
    events_.at(on->in.send(events_.now(), request_size), [this, on, pong = std::move(pong)] {
        if (find(on->facts.number) != on || on->silent) return;
        // Behind what is being sent, as over a real line.
        events_.at(traffic::path(on->out).send(events_.now(), refusal_size), [this, on, pong] {
            if (find(on->facts.number) == on && !on->silent) pong();
        });
    });
}

bool server::is_sending(std::int64_t connection) const {
    const std::shared_ptr<line> on = find(connection);
    return on && on->sending && !on->silent && on->frozen_until <= events_.now();
}

void server::end(const std::shared_ptr<line>& which, bool flood) {
    if (open_.erase(which->facts.number) == 0) return;
    events_.at(which->out.send(events_.now(), 0), [which, flood] { which->who.ended(flood); });
}

void server::meet(const std::shared_ptr<line>& which) {
    if (faults_.empty() || find(which->facts.number) != which) return;
    if (const traffic::fault* met = faults_.at_connection(which->facts, events_.now())) suffer(which, *met);
}

/// Faults that are due at a time strike though nothing goes over the connection.
void server::watch(const std::shared_ptr<line>& which) {
    const auto next = faults_.next_time(which->facts, events_.now());
    if (!next || *next == time_point::max()) return;
    events_.at(*next, [this, which] {
        if (find(which->facts.number) != which) return;
        meet(which);
        watch(which);
    });
}

void server::suffer(const std::shared_ptr<line>& which, const traffic::fault& what) {
    switch (what.kind) {
        case traffic::fault_kind::close:
            return end(which, false);
        case traffic::fault_kind::transport_error:
            return end(which, true);
        case traffic::fault_kind::freeze:
            which->frozen_until = std::max(which->frozen_until, events_.now() + what.time);
            return;
        case traffic::fault_kind::silence:
            which->silent = true;
            return;
        default:
            throw error({errc::bad_argument, "the simulator does not know this kind of fault"});
    }
}

}  // namespace mtproto::sim
