// What runs while a line is up: a reader, a writer, one that keeps the session's time, and the key's keeper.
#include "net/connection.hpp"
#include "net/link_failure.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>

namespace mtproto::net {
namespace {

/// Packets that one write takes at most: small ones come in bursts, large ones alone.
constexpr std::size_t packets_a_write = 16;

/// A deadline that on_time did not move is looked at again after this long, so that no error turns into a
/// busy loop.
constexpr duration shortest_sleep = std::chrono::milliseconds(10);

}  // namespace

io::awaitable<void> connection::serve() {
    using namespace boost::asio::experimental::awaitable_operators;
    co_await (read_loop() || write_loop() || time_loop() || key_loop());
}

io::awaitable<void> connection::read_loop() {
    const std::shared_ptr<link> line = line_;
    for (;;) {
        result<wire::packet> received = co_await line->read();
        if (!received) {
            line_ends(of_framing(received.error()));
            co_return;
        }
        take(std::move(*received));
    }
}

void connection::take(wire::packet received) {
    const wire::packet_class what = wire::classify(received);
    switch (what.kind) {
        case wire::packet_kind::message:
            open(std::move(received));
            break;
        case wire::packet_kind::transport_error: {
            failure refused(errc::transport_error);
            refused.rpc_code = what.code;
            line_ends(std::move(refused));
            break;
        }
        case wire::packet_kind::malformed:
            line_ends(errc::bad_frame);
            break;
        case wire::packet_kind::nop:
        case wire::packet_kind::quick_ack:
            break;
    }
}

// After each read. A packet that still comes can be opened as far as it is there.
void connection::heard() {
    if (!session_) return;
    session_->heard(shared_->now());
    auto part = line_->partial();
    if (!part || !line_key_) return;
    if (!partial_ || !partial_->is_of(part->whole))
        partial_ = shared_->packets.begin(session_->prepare(std::move(part->whole)), part->received,
                                          weak_from_this());
    else
        partial_->received(part->received);
}

void connection::hurry_read() {
    if (line_) line_->hurry();
}

void connection::open(wire::packet received) {
    const std::size_t size = received.size;
    std::shared_ptr<wire::decryption> here;
    if (partial_ && partial_->is_of(received)) here = std::exchange(partial_, nullptr);
    // What the server had still to say in a session before this one.
    if (std::find(left_keys_.begin(), left_keys_.end(), wire::key_id_of(received)) != left_keys_.end())
        return;
    if (here)
        here->received(size);
    else
        here = shared_->packets.begin(session_->prepare(std::move(received)), size, weak_from_this());
    shared_->packets.submit(std::move(here), weak_from_this(), line_number_);
}

io::awaitable<void> connection::write_loop() {
    const std::shared_ptr<link> line = line_;
    std::vector<wire::packet> packets;
    for (;;) {
        packets.clear();
        while (packets.size() < packets_a_write) {
            std::optional<wire::packet> next = session_->next_packet(shared_->now(), shared_->unix_now());
            if (!next) break;
            packets.push_back(std::move(*next));
        }
        if (packets.empty()) {
            if (!co_await writable_.wait()) co_return;
            continue;
        }
        after_session();
        if (const result<void> written = co_await line->write(packets); !written) {
            line_ends(written.error());
            co_return;
        }
    }
}

io::awaitable<void> connection::time_loop() {
    using namespace boost::asio::experimental::awaitable_operators;
    for (;;) {
        if (const auto due = session_->deadline(); due && *due <= shared_->now()) {
            session_->on_time(shared_->now());
            after_session();
        }
        const std::optional<time_point> next = session_->deadline();
        sleeping_until_ = next ? std::max(*next, shared_->now() + shortest_sleep) : time_point::max();
        bool cancelled = false;
        if (next) {
            const auto woken = co_await (shared_->where.time->sleep_until(sleeping_until_) || sooner_.wait());
            cancelled = woken.index() == 0 ? std::get<0>(woken).has_error() : std::get<1>(woken).has_error();
        } else {
            cancelled = (co_await sooner_.wait()).has_error();
        }
        if (cancelled) co_return;
    }
}

io::awaitable<outcome<void>> connection::check(std::shared_ptr<connection> self) {
    struct count {
        int& of;
        explicit count(int& what) : of(++what) {}
        count(const count&) = delete;
        count& operator=(const count&) = delete;
        ~count() { --of; }
    };
    const count one_more(self->checks_);
    const int given_up = self->setbacks_.given_up();
    // One whose first packet is still to come is asked already, and has more patience.
    if (self->is_up() && self->session_->proven()) {
        self->line_->hurry();
        self->session_->check(self->shared_->now());
        self->after_session();
    }
    for (;;) {
        if (self->closed_) co_return errc::connection_closed;
        const bool up = self->is_up() && !self->line_failure_;
        if (up && self->session_->proven() && !self->session_->doubted()) co_return outcome<void>();
        if (self->setbacks_.given_up() != given_up) co_return self->last_setback_;
        if (!self->is_up() && !self->start_wanted_) self->start();
        if (const result<void> waited = co_await self->checked_.wait(); !waited)
            co_return failure(waited.error());
    }
}

void connection::line_ends(failure why) {
    if (!line_failure_) line_failure_ = std::move(why);
    if (line_) line_->close();
}

void connection::decrypted(std::uint64_t line, result<wire::opened> message) {
    if (closed_ || !line_ || line != line_number_) return;
    if (message) {
        if (line_key_ == key_->key()) key_->accepted();
        ever_connected_ = true;
        wait_.reset();
    }
    const bool asked = session_->doubted() || !session_->proven();
    session_->receive(std::move(message), shared_->now(), shared_->unix_now());
    if (asked) checked_.notify();
    after_session();
}

void connection::after_session() {
    while (std::optional<session::event> what = session_->next_event())
        handle(*what);
    if (!line_) return;
    if (calls_.empty() && key_is_another()) key_turn_.notify();
    writable_.notify();
    if (const auto due = session_->deadline(); due && *due < sleeping_until_) sooner_.notify();
}

}  // namespace mtproto::net
