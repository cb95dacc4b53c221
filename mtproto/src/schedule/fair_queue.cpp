// Takes turns by bytes and weight, and learns how much keeps a connection busy.
#include "schedule/fair_queue.hpp"

#include "base/seconds.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mtproto::schedule {
namespace {

/// In flight on a connection that others wait for, at least: two small parts, so that one comes while the
/// other is asked for, and at 1 MB/s no more than half a second of waiting for who comes next.
constexpr std::int64_t least_cap = 512 << 10;
/// ... and at most: 6 MB/s at 650 ms.
constexpr std::int64_t most_cap = 4 << 20;
/// Of what the connection carries within a round trip: what is measured is never more than what was in
/// flight, so only with some surplus can it grow.
constexpr double surplus = 1.5;
/// A connection's best rate is forgotten at this pace, a part at a time.
constexpr double forgetting = 0.98;

}  // namespace

fair_queue::connection_state& fair_queue::at(int connection) {
    const auto index = static_cast<std::size_t>(connection);
    if (index >= connections_.size()) connections_.resize(index + 1);
    return connections_[index];
}

std::int64_t fair_queue::in_flight(int connection) const noexcept {
    const auto index = static_cast<std::size_t>(connection);
    return index < connections_.size() ? connections_[index].in_flight : 0;
}

bool fair_queue::up(int connection) const noexcept {
    const auto index = static_cast<std::size_t>(connection);
    return index < connections_.size() && connections_[index].up;
}

void fair_queue::set_up(int connection, bool so) {
    at(connection).up = so;
}

std::int64_t fair_queue::cap(int connection) const noexcept {
    const auto index = static_cast<std::size_t>(connection);
    if (index >= connections_.size()) return least_cap;
    const connection_state& one = connections_[index];
    const double within = one.rate * seconds(one.shortest);
    return std::clamp(static_cast<std::int64_t>(surplus * std::min(within, double{most_cap})), least_cap,
                      most_cap);
}

std::vector<int> fair_queue::order(int count) {
    std::vector<int> made(static_cast<std::size_t>(count));
    std::iota(made.begin(), made.end(), 0);
    std::rotate(made.begin(), made.begin() + orders_++ % count, made.end());
    std::stable_sort(made.begin(), made.end(), [this](int a, int b) {
        if (up(a) != up(b)) return up(a);
        return in_flight(a) < in_flight(b);
    });
    return made;
}

bool fair_queue::has_room(int connection) const noexcept {
    return busy_ <= 1 || connections_[static_cast<std::size_t>(connection)].in_flight < cap(connection);
}

fair_queue::flow* fair_queue::first_waiting(int connection) const noexcept {
    const std::vector<flow*>& all = connections_[static_cast<std::size_t>(connection)].waiting;
    const auto first = std::min_element(all.begin(), all.end(),
                                        [](const flow* a, const flow* b) { return a->due() < b->due(); });
    return first == all.end() ? nullptr : *first;
}

void fair_queue::wake_first(int connection) const noexcept {
    if (!has_room(connection)) return;
    if (flow* const next = first_waiting(connection)) next->owner_.wake();
}

void fair_queue::wake_firsts() const noexcept {
    for (std::size_t connection = 0; connection < connections_.size(); ++connection)
        wake_first(static_cast<int>(connection));
}

/// The bytes between the request and its answer, over that time, are a rate that the connection has.
void fair_queue::learn(const grant& from, time_point now) {
    connection_state& connection = at(from.connection);
    connection.delivered += from.bytes;
    const duration took = now - from.began;
    if (took <= duration{}) return;
    if (connection.shortest == duration{} || took < connection.shortest) connection.shortest = took;
    const double rate = static_cast<double>(connection.delivered - from.delivered_before) / seconds(took);
    connection.rate = std::max(rate, connection.rate * forgetting);
}

fair_queue::flow::flow(fair_queue& of, wakeable& who, int weight, const std::vector<int>& shared)
    : queue_(of), owner_(who), weight_(std::max(weight, 1)) {
    for (const int connection : shared) {
        queue_.at(connection);
        places_.push_back({connection});
    }
}

fair_queue::flow::~flow() {
    leave();
    for (place& one : places_) {
        queue_.at(one.connection).in_flight -= std::exchange(one.in_flight, 0);
        one.changed = true;
    }
    cease_to(in_flight_, in_flight_);
    settle();
}

/// One that wanted nothing may claim nothing for that time.
void fair_queue::flow::begin_to(int& count) noexcept {
    if (waits_ + in_flight_ == 0) {
        ++queue_.busy_;
        had_ = std::max(had_, queue_.reached_);
    }
    ++count;
}

void fair_queue::flow::cease_to(int& count, int by) noexcept {
    if (by == 0) return;
    count -= by;
    // One that is alone from now on waits for nobody, on whatever connection.
    if (waits_ + in_flight_ == 0 && --queue_.busy_ == 1) queue_.wake_firsts();
}

bool fair_queue::flow::may_go(int connection, std::int64_t bytes) {
    place& own = places_[static_cast<std::size_t>(connection)];
    if (!std::exchange(own.waiting, true)) {
        queue_.at(own.connection).waiting.push_back(this);
        begin_to(waits_);
    }
    if (std::exchange(wish_, bytes) != bytes) mark_changed();
    const bool may = queue_.has_room(own.connection) && queue_.first_waiting(own.connection) == this;
    own.refused = !may;
    return may;
}

fair_queue::grant fair_queue::flow::go(int connection, std::int64_t bytes, time_point now) {
    place& own = places_[static_cast<std::size_t>(connection)];
    connection_state& shared = queue_.at(own.connection);
    begin_to(in_flight_);
    stop_waiting(own);
    own.in_flight += bytes;
    shared.in_flight += bytes;
    queue_.reached_ = std::max(queue_.reached_, had_);
    had_ += cost(bytes);
    mark_changed();
    return {own.connection, bytes, now, shared.delivered};
}

void fair_queue::flow::end(const grant& which, time_point now, bool answered) noexcept {
    const auto own = std::find_if(places_.begin(), places_.end(),
                                  [&](const place& one) { return one.connection == which.connection; });
    own->in_flight -= which.bytes;
    queue_.at(which.connection).in_flight -= which.bytes;
    if (answered) queue_.learn(which, now);
    cease_to(in_flight_, 1);
    queue_.wake_first(which.connection);
}

void fair_queue::flow::mark_changed() noexcept {
    for (place& one : places_)
        one.changed |= one.waiting;
}

void fair_queue::flow::stop_waiting(place& own) noexcept {
    if (!std::exchange(own.waiting, false)) return;
    std::erase(queue_.at(own.connection).waiting, this);
    own.changed = true;
    own.refused = false;
    cease_to(waits_, 1);
}

void fair_queue::flow::leave() noexcept {
    for (place& one : places_)
        stop_waiting(one);
}

void fair_queue::flow::settle() noexcept {
    for (place& one : places_)
        if (!std::exchange(one.refused, false)) stop_waiting(one);
    for (place& one : places_)
        if (std::exchange(one.changed, false)) queue_.wake_first(one.connection);
}

}  // namespace mtproto::schedule
