// What a client's net::connection does, as far as time is concerned.
#include "sim/lines.hpp"

#include "schedule/scheduler.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::sim {

lines::lines(event_queue& events, server& to, duration rtt)
    : events_(events), server_(to), rtt_(rtt), lines_(schedule::most_connections) {}

int lines::connected() const noexcept {
    return static_cast<int>(
        std::count_if(lines_.begin(), lines_.end(), [](const one& line) { return line.connection != 0; }));
}

void lines::changed() const {
    if (on_change) on_change();
}

void lines::warm_up(int count) {
    for (int line = 0; line < count; ++line)
        connect(line);
}

void lines::ask(int line, asker& who, std::uint64_t ticket, std::int64_t size) {
    one& over = at(line);
    const std::uint64_t id = ++last_request_;
    if (events_.now() < wait_known_until_) ++asked_early_;
    over.requests.emplace(id, request{&who, ticket, size});
    if (over.connection == 0) return connect(line);
    // Silence counts from when there is something to wait for.
    if (over.requests.size() == 1) over.heard = events_.now();
    send(over, id);
    watch(line);
}

void lines::send(one& over, std::uint64_t id) {
    server_.ask(over.connection, id, over.requests.at(id).size);
}

void lines::drop(int line, const asker& who, std::uint64_t ticket) {
    one& over = at(line);
    const auto found = std::find_if(over.requests.begin(), over.requests.end(), [&](const auto& each) {
        return each.second.who == &who && each.second.ticket == ticket;
    });
    if (found == over.requests.end()) return;
    if (over.connection != 0) server_.drop(over.connection, found->first);
    over.requests.erase(found);
}

void lines::connect(int line) {
    one& over = at(line);
    if (std::exchange(over.connecting, true)) return;
    events_.at(over.resume_at, [this, line] {
        // Which connection it is: the server may end it before it is up.
        const auto number = std::make_shared<std::int64_t>(0);
        server::client who;
        who.answered = [this, line](std::uint64_t id, const answer& what) { answered(line, id, what); };
        who.ended = [this, line, number](bool flood) { ended(line, *number, flood); };
        server_.connect(std::move(who), [this, line, number](std::int64_t connection) {
            *number = connection;
            one& now_up = at(line);
            now_up.connecting = false;
            now_up.connection = connection;
            now_up.heard = events_.now();
            changed();
            for (const auto& [id, what] : now_up.requests)
                send(now_up, id);
            watch(line);
            tell_ready(now_up, line);
        });
    });
}

void lines::answered(int line, std::uint64_t id, const answer& what) {
    one& over = at(line);
    over.heard = events_.now();
    received_ += what.size;
    if (what.what == answer::kind::flood) ++flood_answers_;
    const auto found = over.requests.find(id);
    if (found == over.requests.end()) return;  // dropped, too late
    const request asked = found->second;
    over.requests.erase(found);
    if (what.what == answer::kind::flood)
        wait_known_until_ = std::max(wait_known_until_, events_.now() + what.wait);
    asked.who->answered(asked.ticket, what);
}

void lines::ended(int line, std::int64_t connection, bool flood) {
    one& over = at(line);
    if (over.connection != connection) return;
    over.connection = 0;
    changed();
    if (!flood) {
        if (!over.requests.empty() || !over.checking.empty()) connect(line);
        return;
    }
    over.resume_at = events_.now() + flood_pause;
    std::vector<asker*> whose = std::exchange(over.checking, {});
    for (const auto& [id, what] : std::exchange(over.requests, {}))
        if (std::find(whose.begin(), whose.end(), what.who) == whose.end()) whose.push_back(what.who);
    for (asker* each : whose)
        each->lost(line);
}

void lines::begin_anew(int line) {
    one& over = at(line);
    server_.leave(over.connection);
    over.connection = 0;
    changed();
    if (!over.requests.empty() || !over.checking.empty()) connect(line);
}

void lines::tell_ready(one& over, int line) {
    for (asker* each : std::exchange(over.checking, {}))
        each->ready(line);
}

void lines::check(int line, asker& who) {
    one& over = at(line);
    over.checking.push_back(&who);
    if (over.connection == 0) return connect(line);
    ping(line, rtt_ * 3 + std::chrono::seconds(1));
}

void lines::ping(int line, duration patience) {
    one& over = at(line);
    if (over.connection == 0 || std::exchange(over.pinging, true)) return;
    const std::int64_t connection = over.connection;
    const time_point asked = events_.now();
    server_.ping(connection, [this, line, connection] {
        if (at(line).connection != connection) return;
        at(line).heard = events_.now();
        tell_ready(at(line), line);
    });
    events_.after(patience, [this, line, connection, asked] {
        one& pinged = at(line);
        pinged.pinging = false;
        if (pinged.connection != connection) return;
        if (pinged.heard <= asked && !server_.is_sending(connection)) return begin_anew(line);
        tell_ready(pinged, line);
        watch(line);
    });
}

/// Until nothing is under way any more.
void lines::watch(int line) {
    one& over = at(line);
    if (over.requests.empty() || over.connection == 0 || std::exchange(over.watched, true)) return;
    events_.at(std::max(over.heard + probe_after, events_.now()), [this, line] {
        one& watched = at(line);
        watched.watched = false;
        if (watched.connection == 0 || watched.requests.empty()) return;
        if (server_.is_sending(watched.connection)) watched.heard = events_.now();
        if (watched.heard + probe_after <= events_.now()) return ping(line, silence_limit);
        watch(line);
    });
}

}  // namespace mtproto::sim
