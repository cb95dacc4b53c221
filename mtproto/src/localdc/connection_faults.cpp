// What faults do to a connection and to the packets that go over it.
#include "localdc/connection.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace mtproto::localdc {
namespace {

using traffic::direction;
using traffic::fault_kind;

// A packet that nothing overtakes arrives all the same.
constexpr duration longest_overtaking = std::chrono::seconds(1);
// Held back at once, as bytes: what comes beyond it is not held.
constexpr std::size_t most_held = 8u << 20;
// What is shorter is no message (protocol 1.6), and would be something else instead of a broken one.
constexpr std::size_t least_message = 24;

constexpr std::size_t msg_key_offset = 8;

}  // namespace

void connection::suffer(const traffic::fault& what) {
    switch (what.kind) {
        case fault_kind::close:
            return close();
        case fault_kind::half_close:
            // The write loop does it: a write may be under way.
            half_closed_ = true;
            return queue_changed_.notify();
        case fault_kind::freeze:
            frozen_until_ = std::max(frozen_until_, world_->env.time->now() + what.time);
            return;
        case fault_kind::silence:
            silent_ = true;
            return;
        case fault_kind::transport_error: {
            constexpr std::int64_t greatest = std::numeric_limits<std::int32_t>::max();
            return send_transport_error(-static_cast<std::int32_t>(std::min(what.value, greatest)));
        }
        default:
            return;
    }
}

void connection::meet_connection_fault() {
    traffic::fault_plan& plan = world_->faults;
    // Who has not spoken yet cannot be answered either: its framing is not known.
    if (plan.empty() || closed_ || !frames_out_) return;
    if (const traffic::fault* met = plan.at_connection(facts_, world_->env.time->now())) suffer(*met);
    if (plan.watches(traffic::place::connection)) fault_timer_changed_.notify();
}

io::awaitable<bool> connection::thawed() {
    while (frozen_until_ > world_->env.time->now()) {
        const auto waited = co_await world_->env.time->sleep_until(frozen_until_);
        if (!waited) co_return false;
    }
    co_return !closed_;
}

// What a packet meets with: what it is marked with already, or what strikes it now. Counts it.
const traffic::fault* connection::fault_of_packet(const traffic::fault* marked, const wire::packet& data) {
    traffic::fault_plan& plan = world_->faults;
    if (!marked && !plan.empty()) marked = plan.at_packet(direction::out, facts_, world_->env.time->now());
    ++facts_.sent.packets;
    facts_.sent.bytes += static_cast<std::int64_t>(data.size);
    return marked;
}

// A packet has come in.
void connection::receive(wire::packet data) {
    traffic::fault_plan& plan = world_->faults;
    const traffic::fault* fault =
        plan.empty() ? nullptr : plan.at_packet(direction::in, facts_, world_->env.time->now());
    ++facts_.received.packets;
    facts_.received.bytes += static_cast<std::int64_t>(data.size);
    if (fault && !spoil(*fault, data)) return;
    std::optional<wire::packet> again;
    if (fault && fault->kind == fault_kind::duplicate) {
        again = wire::packet::copy(data.view());
        again->quick_ack = data.quick_ack;
    }
    arrive(std::move(data));
    if (again) arrive(std::move(*again));
    let_overtaken_follow(direction::in);
}

// Does to a packet what can be done to it outside its frame; false when it does not go on now.
bool connection::spoil(const traffic::fault& fault, wire::packet& data) {
    const time_point now = world_->env.time->now();
    switch (fault.kind) {
        case fault_kind::drop:
            return false;
        case fault_kind::delay:
        case fault_kind::reorder: {
            if (held_bytes_ + data.size > most_held) return true;
            const bool overtaken = fault.kind == fault_kind::reorder;
            hold(std::move(data), fault.way, now + (overtaken ? longest_overtaking : fault.time), overtaken);
            return false;
        }
        case fault_kind::corrupt:
            if (data.size > 0) {
                constexpr std::uint64_t bits = 8;
                const std::uint64_t which = world_->faults.draw(data.size * bits);
                data.span()[which / bits] ^= std::byte{1} << (which % bits);
            }
            return true;
        case fault_kind::truncate:
            // Frames hold whole numbers of 4 bytes.
            if (data.size > least_message) data.size = std::max(data.size / 2 / 4 * 4, least_message);
            return true;
        case fault_kind::wrong_msg_key:
            if (data.size > msg_key_offset) data.span()[msg_key_offset] ^= std::byte{1};
            return true;
        default:
            return true;
    }
}

void connection::hold(wire::packet data, direction way, time_point until, bool until_next) {
    held_bytes_ += data.size;
    held_.emplace(until, held{way, until_next, std::move(data)});
    fault_timer_changed_.notify();
}

// A packet went by: those that waited for it are due.
void connection::let_overtaken_follow(direction way) {
    const time_point now = world_->env.time->now();
    for (auto each = held_.begin(); each != held_.end();) {
        const auto next = std::next(each);
        if (each->second.way == way && std::exchange(each->second.until_next, false)) {
            auto taken = held_.extract(each);
            taken.key() = now;
            held_.insert(std::move(taken));
            fault_timer_changed_.notify();
        }
        each = next;
    }
}

void connection::release_held() {
    const time_point now = world_->env.time->now();
    while (!held_.empty() && held_.begin()->first <= now) {
        held due = std::move(held_.begin()->second);
        held_.erase(held_.begin());
        held_bytes_ -= due.data.size;
        if (due.way == direction::in) {
            arrive(std::move(due.data));
            continue;
        }
        outgoing made;
        made.what = outgoing::kind::payload;
        made.payload = std::move(due.data);
        made.was_held = true;
        enqueue(std::move(made));
    }
}

// When the first of what is kept back has to go on.
std::optional<time_point> connection::next_release() const {
    std::optional<time_point> first;
    if (!held_.empty()) first = held_.begin()->first;
    if (!slow_.empty()) first = std::min(first.value_or(time_point::max()), slow_.begin()->first);
    return first;
}

void connection::release_slow() {
    const time_point now = world_->env.time->now();
    while (!slow_.empty() && slow_.begin()->first <= now) {
        slow_answer due = std::move(slow_.begin()->second);
        slow_.erase(slow_.begin());
        send(due.at, std::move(due.answer));
    }
}

// Lets time do what it is to do: faults that are due at a time, packets that were held until one.
io::awaitable<void> connection::fault_loop() {
    using namespace boost::asio::experimental::awaitable_operators;
    for (;;) {
        const time_point now = world_->env.time->now();
        std::optional<time_point> next = world_->faults.next_time(facts_, now);
        if (const auto due = next_release()) next = std::min(next.value_or(time_point::max()), *due);
        bool cancelled = false;
        if (next && *next > now) {
            const auto woken = co_await (world_->env.time->sleep_until(*next) || fault_timer_changed_.wait());
            cancelled = woken.index() == 0 ? std::get<0>(woken).has_error() : std::get<1>(woken).has_error();
            // Before the time came there is nothing to look for.
            if (!cancelled && woken.index() == 0 && *next != time_point::max()) meet_connection_fault();
        } else if (!next) {
            cancelled = (co_await fault_timer_changed_.wait()).has_error();
        }
        if (cancelled) co_return;
        release_held();
        release_slow();
    }
}

}  // namespace mtproto::localdc
