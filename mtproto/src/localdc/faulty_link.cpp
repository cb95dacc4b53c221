// Faults of the connection, and of packets on their way in and out.
#include "localdc/faulty_link.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::localdc {
namespace {

using traffic::direction;
using traffic::fault_kind;

// A packet that nothing overtakes arrives all the same.
constexpr duration longest_overtaking = std::chrono::seconds(1);
// A shorter packet is no message (protocol 1.6), and would be something else instead of a broken one.
constexpr std::size_t least_message = 24;

constexpr std::size_t msg_key_offset = 8;

void count(traffic::connection_facts::amount& so_far, const wire::packet& data) {
    ++so_far.packets;
    so_far.bytes += static_cast<std::int64_t>(data.size);
}

}  // namespace

faulty_link::faulty_link(const io::environment& env, traffic::fault_plan& plan, buffer_pool& buffers,
                         std::unique_ptr<io::stream> stream, options given)
    : env_(env),
      plan_(plan),
      facts_(given.facts),
      stream_(std::move(stream)),
      frames_in_(wire::role::server, given.framing, buffers, given.most_received),
      timer_changed_(env.executor) {
    frames_in_.limit_strangers(given.most_of_strangers, std::move(given.knows));
}

const traffic::fault* faulty_link::connection_fault() {
    // A client that has not spoken yet cannot be answered: its framing is not known.
    if (plan_.empty() || closed_ || !frames_out_) return nullptr;
    return plan_.at_connection(facts_, env_.time->now());
}

void faulty_link::expect_faults() {
    if (frames_out_ && plan_.watches(traffic::fault_stage::connection)) timer_changed_.notify();
}

void faulty_link::freeze(duration time) {
    frozen_until_ = std::max(frozen_until_, env_.time->now() + time);
}

void faulty_link::close() noexcept {
    closed_ = true;
    stream_->close();
}

io::awaitable<bool> faulty_link::thawed() {
    while (frozen()) {
        const auto waited = co_await env_.time->sleep_until(frozen_until_);
        if (!waited) co_return false;
    }
    co_return !closed_;
}

void faulty_link::tell_half_close() {
    if (half_closed_ && !std::exchange(half_close_told_, true)) stream_->end_writing();
}

io::awaitable<bool> faulty_link::read() {
    const byte_span room = frames_in_.prepare();
    const auto count = co_await stream_->read_some(room);
    co_return count&&* count > 0 && frames_in_.commit(*count);
}

std::optional<wire::packet> faulty_link::next() {
    std::optional<wire::packet> data = frames_in_.next();
    if (data && !frames_out_)
        frames_out_.emplace(wire::role::server, *frames_in_.kind(), *env_.random, false);
    return data;
}

std::vector<wire::packet> faulty_link::pass_in(wire::packet data) {
    const traffic::fault* fault =
        plan_.empty() ? nullptr : plan_.at_packet(direction::in, facts_, env_.time->now());
    count(facts_.received, data);
    std::vector<wire::packet> passing;
    if (fault && !damage(*fault, data)) return passing;
    if (fault && fault->kind == fault_kind::duplicate) {
        passing.push_back(wire::packet::copy(data.view()));
        passing.back().quick_ack = data.quick_ack;
    }
    passing.push_back(std::move(data));
    return passing;
}

// The fault that a packet is marked with already, or that strikes it now. Counts the packet.
const traffic::fault* faulty_link::fault_of_packet(const traffic::fault* marked, const wire::packet& data) {
    if (!marked && !plan_.empty()) marked = plan_.at_packet(direction::out, facts_, env_.time->now());
    count(facts_.sent, data);
    return marked;
}

// Does to a packet what can be done to it outside its frame; false when it does not go on now.
bool faulty_link::damage(const traffic::fault& fault, wire::packet& data) {
    switch (fault.kind) {
        case fault_kind::drop:
            return false;
        case fault_kind::delay:
        case fault_kind::reorder: {
            if (!held_.takes(data.size)) return true;
            const bool overtaken = fault.kind == fault_kind::reorder;
            const duration longest = overtaken ? longest_overtaking : fault.time;
            held_.add({fault.way, overtaken, std::move(data)}, env_.time->now() + longest);
            timer_changed_.notify();
            return false;
        }
        case fault_kind::corrupt:
            if (data.size > 0) {
                constexpr std::uint64_t bits = 8;
                const std::uint64_t bit = plan_.draw(data.size * bits);
                data.span()[bit / bits] ^= std::byte{1} << (bit % bits);
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

void faulty_link::frame(const packing::item& packed, framed_batch& into) {
    const outgoing& source = *packed.source;
    if (source.type == outgoing::kind::quick_ack) {
        if (!into.broken_off()) into.add(frames_out_->quick_ack(source.token), {}, source);
        return;
    }
    const traffic::fault* fault = packed.fault;
    wire::packet packet = packed.packet;
    if (!source.was_held) {
        fault = fault_of_packet(fault, packet);
        if (fault && !damage(*fault, packet)) return;
    }
    if (into.broken_off()) return;
    const auto strikes = [&](fault_kind kind) { return fault && fault->kind == kind; };
    if (strikes(fault_kind::break_off)) {
        into.break_off(frame_of(packet, false), packet, source);
    } else {
        into.add(frame_of(packet, strikes(fault_kind::wrong_length)), packet, source);
        if (strikes(fault_kind::duplicate)) into.add(frame_of(packet, false), packet, source);
    }
    overtaken(direction::out);
}

wire::frame faulty_link::frame_of(const wire::packet& packet, bool wrong_length) {
    wire::frame made = frames_out_->wrap(packet.view());
    // The last byte of a length is its highest, but for the full framing, where a number follows.
    constexpr std::size_t length_end = 4;
    if (wrong_length) made.header()[std::min(made.header().size(), length_end) - 1] = std::byte{0x7e};
    return made;
}

void faulty_link::overtaken(direction way) {
    if (held_.overtake(way, env_.time->now())) timer_changed_.notify();
}

std::optional<time_point> faulty_link::next_fault() const {
    return plan_.next_time(facts_, env_.time->now());
}

}  // namespace mtproto::localdc
