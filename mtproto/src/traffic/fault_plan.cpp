// Which fault strikes when.
#include "traffic/fault_plan.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::traffic {
namespace {

bool in_scope(const connection_scope& scope, const connection_facts& on) noexcept {
    if (on.number < scope.first || on.number > scope.last) return false;
    if (scope.dc != 0 && scope.dc != on.dc) return false;
    return scope.at == connection_scope::doors::any ||
           on.media == (scope.at == connection_scope::doors::media);
}

// What went over the connection before; time apart.
bool enough_went(const fault_conditions& when, const connection_facts& on) noexcept {
    const connection_facts::amount& so_far = when.way == direction::out ? on.sent : on.received;
    return so_far.packets >= when.packets && so_far.bytes >= when.bytes;
}

}  // namespace

fault_plan::fault_plan(std::vector<fault> faults, std::uint64_t seed) : chance_(seed) {
    for (fault& each : faults)
        rules_.push_back({std::move(each), {}, {}});
}

bool fault_plan::watches(fault_stage stage) const noexcept {
    return std::any_of(rules_.begin(), rules_.end(),
                       [&](const rule& each) { return stage_of(each.fault.kind) == stage; });
}

bool fault_plan::rule::exhausted(const tally& so_far) const noexcept {
    if (fault.times != 0 && so_far.struck >= fault.times) return true;
    return fault.count != 0 && so_far.seen >= fault.first && so_far.seen - fault.first >= fault.count - 1;
}

bool fault_plan::is_due(rule& one, tally& so_far, const connection_facts& on, time_point now) {
    const fault& what = one.fault;
    if (!in_scope(what.scope, on) || !enough_went(what.when, on)) return false;
    if (now - started_ < what.when.since_start || now - on.accepted < what.when.since_accept) return false;
    if (one.exhausted(so_far) || ++so_far.seen < what.first) return false;
    constexpr std::uint64_t steps = 1u << 30;
    return what.probability >= 1 ||
           static_cast<double>(draw(steps)) < what.probability * static_cast<double>(steps);
}

template <class Fits>
const fault* fault_plan::first_due(const connection_facts& on, time_point now, const Fits& fits) {
    const fault* first = nullptr;
    for (rule& each : rules_) {
        if (!fits(each.fault)) continue;
        tally& so_far = each.fault.scope.each ? each.by_connection[on.number] : each.all;
        // All count the occasion; the first that is due has its way, and the others wait for the next.
        if (!is_due(each, so_far, on, now) || first) continue;
        ++so_far.struck;
        first = &each.fault;
    }
    if (first && on_strike) on_strike(*first, on);
    return first;
}

const fault* fault_plan::at_event(std::string_view event, bool is_method, const connection_facts& on,
                                  time_point now) {
    return first_due(on, now, [&](const fault& what) {
        const fault_stage acts = stage_of(what.kind);
        return what.event.empty() ? is_method && acts == fault_stage::answer
                                  : what.event == event && acts != fault_stage::query;
    });
}

const fault* fault_plan::at_query(std::string_view method, const connection_facts& on, time_point now) {
    return first_due(on, now, [&](const fault& what) {
        return stage_of(what.kind) == fault_stage::query && (what.event.empty() || what.event == method);
    });
}

const fault* fault_plan::at_packet(direction way, const connection_facts& on, time_point now) {
    return first_due(on, now, [&](const fault& what) {
        return what.event.empty() && what.way == way && stage_of(what.kind) == fault_stage::packet;
    });
}

const fault* fault_plan::at_connection(const connection_facts& on, time_point now) {
    return first_due(on, now, [&](const fault& what) {
        return what.event.empty() && stage_of(what.kind) == fault_stage::connection;
    });
}

std::optional<time_point> fault_plan::next_time(const connection_facts& on, time_point now) const {
    std::optional<time_point> next;
    for (const rule& each : rules_) {
        const fault& what = each.fault;
        if (!what.event.empty() || stage_of(what.kind) != fault_stage::connection) continue;
        if (!in_scope(what.scope, on) || !enough_went(what.when, on)) continue;
        const auto own = each.by_connection.find(on.number);
        const tally so_far = !what.scope.each                  ? each.all
                             : own != each.by_connection.end() ? own->second
                                                               : tally{};
        const time_point due =
            std::max(started_ + what.when.since_start, on.accepted + what.when.since_accept);
        if (each.exhausted(so_far) || due <= now) continue;
        next = next ? std::min(*next, due) : due;
    }
    return next;
}

void fault_plan::forget(std::int64_t connection) {
    for (rule& each : rules_)
        each.by_connection.erase(connection);
}

}  // namespace mtproto::traffic
