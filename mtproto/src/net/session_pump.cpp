// The loops end together, with the first of them.
#include "net/session_pump.hpp"

#include "net/link_failure.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace mtproto::net {
namespace {

/// Packets that one write takes at most: small ones come in bursts, large ones alone.
constexpr std::size_t packets_a_write = 16;

/// A deadline that on_time did not move is looked at again after this long, so that no error turns into a
/// busy loop.
constexpr duration shortest_sleep = std::chrono::milliseconds(10);

}  // namespace

session_pump::session_pump(services& shared, key_slot& slot, session_calls& calls, rekeying& keys,
                           dialled over, std::weak_ptr<packet_receiver> receiver)
    : shared_(shared),
      slot_(slot),
      calls_(calls),
      keys_(keys),
      link_(std::move(over), shared.buffers, *shared.environment.random, [this] { heard(); }),
      receiver_(std::move(receiver)),
      writable_(shared.environment.executor),
      sooner_(shared.environment.executor),
      key_turn_(shared.environment.executor) {}

void session_pump::begin_session(const std::vector<std::int64_t>& ended_sessions) {
    if (keys_.key()) calls_.disconnect();
    calls_.begin_session();
    keys_.begin(session().key());
    calls_.connect(ended_sessions);
    after_session();
}

io::awaitable<void> session_pump::run(io::awaitable<void> beside) {
    using namespace boost::asio::experimental::awaitable_operators;
    co_await (read_loop() || write_loop() || time_loop() || std::move(beside));
}

io::awaitable<void> session_pump::read_loop() {
    const auto self = shared_from_this();
    for (;;) {
        result<wire::packet> received = co_await link_.read();
        if (!received) {
            end(of_framing(received.error()));
            co_return;
        }
        take(std::move(*received));
    }
}

void session_pump::take(wire::packet received) {
    const wire::packet_class what = wire::classify(received);
    switch (what.kind) {
        case wire::packet_kind::message:
            decrypt(std::move(received));
            break;
        case wire::packet_kind::transport_error: {
            failure refused(errc::transport_error);
            refused.rpc_code = what.code;
            end(std::move(refused));
            break;
        }
        case wire::packet_kind::malformed:
            end(errc::bad_frame);
            break;
        case wire::packet_kind::nop:
        case wire::packet_kind::quick_ack:
            break;
    }
}

// After each read. A packet that still comes can be decrypted as far as it is there.
void session_pump::heard() {
    if (!calls_.session()) return;
    session().heard(shared_.now());
    auto part = link_.partial();
    if (!part || !keys_.key()) return;
    if (!partial_ || !partial_->is_of(part->whole))
        partial_ =
            shared_.packets.begin(session().prepare(std::move(part->whole)), part->received, receiver_);
    else
        partial_->received(part->received);
}

void session_pump::decrypt(wire::packet received) {
    const std::size_t size = received.size;
    std::shared_ptr<wire::decryption> begun;
    if (partial_ && partial_->is_of(received)) begun = std::exchange(partial_, nullptr);
    // What the server had still to say in a session before this one.
    if (keys_.is_previous(wire::key_id_of(received))) return;
    if (begun)
        begun->received(size);
    else
        begun = shared_.packets.begin(session().prepare(std::move(received)), size, receiver_);
    shared_.packets.submit(std::move(begun), receiver_, calls_.epoch());
}

io::awaitable<void> session_pump::write_loop() {
    const auto self = shared_from_this();
    std::vector<wire::packet> packets;
    for (;;) {
        packets.clear();
        while (packets.size() < packets_a_write) {
            std::optional<wire::packet> next = session().next_packet(shared_.now(), shared_.unix_now());
            if (!next) break;
            packets.push_back(std::move(*next));
        }
        if (packets.empty()) {
            if (!co_await writable_.wait()) co_return;
            continue;
        }
        after_session();
        if (const result<void> written = co_await link_.write(packets); !written) {
            end(written.error());
            co_return;
        }
    }
}

io::awaitable<void> session_pump::time_loop() {
    using namespace boost::asio::experimental::awaitable_operators;
    const auto self = shared_from_this();
    for (;;) {
        if (const auto due = session().deadline(); due && *due <= shared_.now()) {
            session().on_time(shared_.now());
            after_session();
        }
        const std::optional<time_point> next = session().deadline();
        sleeping_until_ = next ? std::max(*next, shared_.now() + shortest_sleep) : time_point::max();
        bool cancelled = false;
        if (next) {
            const auto woken =
                co_await (shared_.environment.time->sleep_until(sleeping_until_) || sooner_.wait());
            cancelled = woken.index() == 0 ? std::get<0>(woken).has_error() : std::get<1>(woken).has_error();
        } else {
            cancelled = (co_await sooner_.wait()).has_error();
        }
        if (cancelled) co_return;
    }
}

void session_pump::end(failure why) {
    if (!end_reason_) end_reason_ = std::move(why);
    link_.close();
}

void session_pump::after_session() {
    while (std::optional<session::event> event = session().next_event()) {
        if (const auto* broken = std::get_if<session::link_broken>(&*event))
            end(failure(broken->code, broken->text));
        else if (!calls_.handle(*event))
            key_is_wanted();
    }
    if (calls_.table().idle() && keys_.is_replaced(slot_.key())) key_turn_.notify();
    writable_.notify();
    if (const auto due = session().deadline(); due && *due < sleeping_until_) sooner_.notify();
}

void session_pump::key_is_wanted() {
    if (slot_.temporary())
        key_turn_.notify();
    else if (keys_.key())
        end(errc::connection_closed);  // it carries nothing more; the next link has the new key
}

}  // namespace mtproto::net
