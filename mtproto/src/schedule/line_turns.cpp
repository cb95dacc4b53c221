// Turns by bytes for each weight, and how much keeps a line busy.
#include "schedule/line_turns.hpp"

#include "base/seconds.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace mtproto::schedule {
namespace {

/// In flight on a line that others wait for, at least: two small parts, so that one comes while the other is
/// asked for, and at 1 MB/s no more than half a second of waiting for who comes next.
constexpr std::int64_t least_cap = 512 << 10;
/// ... and at most: 6 MB/s at 650 ms.
constexpr std::int64_t most_cap = 4 << 20;
/// Of what the line carries within a round trip: what is measured is never more than what was in flight, so
/// only with some surplus can it grow.
constexpr double surplus = 1.5;
/// A line's best rate is forgotten at this pace, a part at a time.
constexpr double forgetting = 0.98;

}  // namespace

line_turns::line_state& line_turns::at(int line) {
    const auto index = static_cast<std::size_t>(line);
    if (index >= lines_.size()) lines_.resize(index + 1);
    return lines_[index];
}

std::int64_t line_turns::in_flight(int line) const noexcept {
    const auto index = static_cast<std::size_t>(line);
    return index < lines_.size() ? lines_[index].in_flight : 0;
}

bool line_turns::up(int line) const noexcept {
    const auto index = static_cast<std::size_t>(line);
    return index < lines_.size() && lines_[index].up;
}

void line_turns::set_up(int line, bool so) {
    at(line).up = so;
}

std::int64_t line_turns::cap(int line) const noexcept {
    const auto index = static_cast<std::size_t>(line);
    if (index >= lines_.size()) return least_cap;
    const line_state& one = lines_[index];
    const double within = one.rate * seconds(one.shortest);
    return std::clamp(static_cast<std::int64_t>(surplus * std::min(within, double{most_cap})), least_cap,
                      most_cap);
}

std::vector<int> line_turns::order(int count) {
    std::vector<int> made(static_cast<std::size_t>(count));
    std::iota(made.begin(), made.end(), 0);
    std::rotate(made.begin(), made.begin() + orders_++ % count, made.end());
    std::stable_sort(made.begin(), made.end(), [this](int a, int b) {
        if (up(a) != up(b)) return up(a);
        return in_flight(a) < in_flight(b);
    });
    return made;
}

bool line_turns::has_room(int line) const noexcept {
    return busy_ <= 1 || lines_[static_cast<std::size_t>(line)].in_flight < cap(line);
}

line_turns::member* line_turns::first_waiting(int line) const noexcept {
    const std::vector<member*>& all = lines_[static_cast<std::size_t>(line)].waiting;
    const auto first = std::min_element(all.begin(), all.end(),
                                        [](const member* a, const member* b) { return a->due() < b->due(); });
    return first == all.end() ? nullptr : *first;
}

void line_turns::wake_first(int line) const noexcept {
    if (!has_room(line)) return;
    if (member* const next = first_waiting(line)) next->who_.wake();
}

void line_turns::wake_firsts() const noexcept {
    for (std::size_t line = 0; line < lines_.size(); ++line)
        wake_first(static_cast<int>(line));
}

/// What came between the request and its answer, over that time, is a rate that the line has.
void line_turns::learn(const passage& from, time_point now) {
    line_state& line = at(from.line);
    line.delivered += from.bytes;
    const duration took = now - from.began;
    if (took <= duration{}) return;
    if (line.shortest == duration{} || took < line.shortest) line.shortest = took;
    const double rate = static_cast<double>(line.delivered - from.delivered_before) / seconds(took);
    line.rate = std::max(rate, line.rate * forgetting);
}

line_turns::member::member(line_turns& of, wakeable& who, int weight, const std::vector<int>& lines)
    : all_(of), who_(who), weight_(std::max(weight, 1)) {
    for (const int line : lines) {
        all_.at(line);
        places_.push_back({line});
    }
}

line_turns::member::~member() {
    leave();
    for (place& one : places_) {
        all_.at(one.line).in_flight -= std::exchange(one.in_flight, 0);
        one.changed = true;
    }
    cease_to(flies_, flies_);
    settle();
}

/// One that wanted nothing may claim nothing for that time.
void line_turns::member::begin_to(int& what) noexcept {
    if (waits_ + flies_ == 0) {
        ++all_.busy_;
        had_ = std::max(had_, all_.reached_);
    }
    ++what;
}

void line_turns::member::cease_to(int& what, int count) noexcept {
    if (count == 0) return;
    what -= count;
    // One that is alone from now on waits for nobody, on whatever line.
    if (waits_ + flies_ == 0 && --all_.busy_ == 1) all_.wake_firsts();
}

bool line_turns::member::may_go(int connection, std::int64_t bytes) {
    place& where = places_[static_cast<std::size_t>(connection)];
    if (!std::exchange(where.waiting, true)) {
        all_.at(where.line).waiting.push_back(this);
        begin_to(waits_);
    }
    if (std::exchange(wish_, bytes) != bytes) may_come_sooner_or_later();
    const bool may = all_.has_room(where.line) && all_.first_waiting(where.line) == this;
    where.refused = !may;
    return may;
}

line_turns::passage line_turns::member::go(int connection, std::int64_t bytes, time_point now) {
    place& where = places_[static_cast<std::size_t>(connection)];
    line_state& line = all_.at(where.line);
    begin_to(flies_);
    stop_waiting(where);
    where.in_flight += bytes;
    line.in_flight += bytes;
    all_.reached_ = std::max(all_.reached_, had_);
    had_ += cost(bytes);
    may_come_sooner_or_later();
    return {where.line, bytes, now, line.delivered};
}

void line_turns::member::end(const passage& which, time_point now, bool answered) noexcept {
    const auto where = std::find_if(places_.begin(), places_.end(),
                                    [&](const place& one) { return one.line == which.line; });
    where->in_flight -= which.bytes;
    all_.at(which.line).in_flight -= which.bytes;
    if (answered) all_.learn(which, now);
    cease_to(flies_, 1);
    all_.wake_first(which.line);
}

void line_turns::member::may_come_sooner_or_later() noexcept {
    for (place& one : places_)
        one.changed |= one.waiting;
}

void line_turns::member::stop_waiting(place& where) noexcept {
    if (!std::exchange(where.waiting, false)) return;
    std::erase(all_.at(where.line).waiting, this);
    where.changed = true;
    where.refused = false;
    cease_to(waits_, 1);
}

void line_turns::member::leave() noexcept {
    for (place& one : places_)
        stop_waiting(one);
}

void line_turns::member::settle() noexcept {
    for (place& one : places_)
        if (!std::exchange(one.refused, false)) stop_waiting(one);
    for (place& one : places_)
        if (std::exchange(one.changed, false)) all_.wake_first(one.line);
}

}  // namespace mtproto::schedule
