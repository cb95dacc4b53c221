// Sending: the queue, containers around small messages, sealing in batches.
#include "localdc/call.hpp"
#include "localdc/connection.hpp"
#include "wire/container.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace mtproto::localdc {
namespace {

// Memory bound of a connection: answers wait as what is to be read from where, so only bodies count.
constexpr std::size_t most_queued = 2048;
constexpr std::size_t most_held_bytes = 4u << 20;
// Packets sealed side by side: the ciphers of a few go interleaved, and they still fit the cache.
constexpr std::size_t most_in_batch = 4;
constexpr std::size_t batch_bytes = 2u << 20;
// How late a timer may wake, about.
constexpr duration latest_timer = std::chrono::milliseconds(20);
// What is packed into one container.
constexpr std::size_t small_message = 4096;
constexpr std::size_t most_packed = 32;
// Envelope, padding and framing around a body, about.
constexpr std::size_t overhead = 64;

}  // namespace

std::size_t connection::outgoing::size() const {
    switch (what) {
        case kind::sealed:
            return content.size() + overhead;
        case kind::payload:
            return payload.size;
        case kind::quick_ack:
            return sizeof token;
    }
    return 0;
}

bool connection::queue_is_full() const noexcept {
    return queue_.size() >= most_queued || queue_held_bytes_ >= most_held_bytes;
}

void connection::enqueue(outgoing what) {
    if (closed_ || silent_) return;
    if (!instant_) what.entered = world_->env.time->now();
    queue_held_bytes_ += what.content.body.size();
    queue_.push_back(std::move(what));
    queue_changed_.notify();
}

void connection::send(const context& at, message content) {
    outgoing made;
    made.what = outgoing::kind::sealed;
    made.content = std::move(content);
    made.key = at.key;
    made.in = at.in;
    enqueue(std::move(made));
    for (message& left : at.in->take_undelivered()) {
        outgoing late;
        late.content = std::move(left);
        late.key = at.key;
        late.in = at.in;
        enqueue(std::move(late));
    }
}

void connection::reject(const context& at, std::int64_t msg_id, std::int32_t seqno, bad_msg code) {
    if (code == bad_msg::salt) {
        tl::bad_server_salt news;
        news.bad_msg_id = msg_id;
        news.bad_msg_seqno = seqno;
        news.error_code = static_cast<std::int32_t>(code);
        news.new_server_salt = at.key->salts.current(world_->env.time->unix_now());
        return send(at, {.body = tl::encode(news), .response = true});
    }
    tl::bad_msg_notification news;
    news.bad_msg_id = msg_id;
    news.bad_msg_seqno = seqno;
    news.error_code = static_cast<std::int32_t>(code);
    send(at, {.body = tl::encode(news), .response = true});
}

void connection::send_payload(wire::packet payload, const traffic::fault* spoiled) {
    outgoing made;
    made.what = outgoing::kind::payload;
    made.payload = std::move(payload);
    made.spoiled = spoiled;
    enqueue(std::move(made));
}

void connection::send_transport_error(std::int32_t code) {
    send_payload(wire::transport_error(code));
}

void connection::send_quick_ack(std::uint32_t token) {
    outgoing made;
    made.what = outgoing::kind::quick_ack;
    made.token = token;
    enqueue(std::move(made));
}

// When the first bytes of the next packet have come over the line.
time_point connection::first_due() const {
    const outgoing& next = queue_.front();
    traffic::path ahead = line_out_;
    const std::size_t first = std::min(next.size(), slice_);
    return ahead.send(next.entered, static_cast<std::int64_t>(first));
}

// What is due now and goes out in one write: the next packet, which may be due bit by bit, and those that are
// due with it.
std::vector<connection::outgoing> connection::take_batch() {
    std::vector<outgoing> batch;
    const time_point now = instant_ ? time_point{} : world_->env.time->now();
    traffic::path ahead = line_out_;
    const auto is_due = [&](const outgoing& next) {
        return instant_ || ahead.send(next.entered, static_cast<std::int64_t>(next.size())) <= now;
    };
    std::size_t large = 0;
    std::size_t bytes_taken = 0;
    while (!queue_.empty()) {
        outgoing& next = queue_.front();
        if (!is_due(next) && !batch.empty()) break;
        const bool is_large = next.content.size() > small_message;
        if (!batch.empty() && ((is_large && large == most_in_batch) ||
                               bytes_taken + next.size() > batch_bytes || batch.size() == most_packed))
            break;
        large += is_large ? 1 : 0;
        bytes_taken += next.size();
        queue_held_bytes_ -= next.content.body.size();
        if (next.content.part) ++world_->done.parts;
        batch.push_back(std::move(next));
        queue_.pop_front();
    }
    return batch;
}

// The answer with a part of a file that changed between the query and now: an error takes its place.
void connection::give_up(outgoing& unreadable) {
    message& lost = unreadable.content;
    const message error = answer_for(lost.req_msg_id, encode_refusal({500, "INTERNAL"}));
    lost.part.reset();
    lost.body = error.body;
    unreadable.in->amend(lost);
}

/// Turns a batch into packets in their frames.
class connection::packing {
  public:
    packing(connection& of, std::vector<outgoing> batch) : of_(of), batch_(std::move(batch)) {
        for (std::size_t i = 0; i < batch_.size();) {
            const std::size_t end = run_of_small(i);
            if (batch_[i].what != outgoing::kind::sealed) {
                order_.push_back({&batch_[i], no_job});
                ++i;
            } else if (end - i > 1) {
                add_container(i, end);
                i = end;
            } else {
                add_single(batch_[i]);
                ++i;
            }
        }
        wire::seal_batch(jobs_);
        for (item& each : order_)
            add_frame(each);
    }

    std::span<const byte_view> parts() const noexcept { return parts_; }
    /// When each part was handed to the line.
    std::span<const time_point> entered() const noexcept { return entered_; }
    /// Whose rate each part counts against; null for what is no file.
    std::span<account_traffic* const> accounts() const noexcept { return accounts_; }
    /// A fault: the last packet is half a one, after which the connection ends.
    bool breaks_off() const noexcept { return breaks_off_; }

  private:
    static constexpr std::size_t no_job = static_cast<std::size_t>(-1);
    struct item {
        const outgoing* what = nullptr;
        std::size_t job = no_job;
    };

    unix_time now() const { return of_.world_->env.time->unix_now(); }

    // The end of the small messages of one session from `begin` on.
    std::size_t run_of_small(std::size_t begin) const {
        std::size_t end = begin;
        while (end < batch_.size() && batch_[end].what == outgoing::kind::sealed &&
               batch_[end].in == batch_[begin].in && batch_[end].key == batch_[begin].key &&
               !batch_[end].content.spoiled && batch_[end].content.size() <= small_message)
            ++end;
        return end;
    }

    void add_job(const outgoing& from, wire::draft text, std::int64_t msg_id, std::int32_t seqno) {
        wire::message_header header;
        header.salt = from.key->salts.current(now());
        header.session_id = from.in->id();
        header.msg_id = msg_id;
        header.seqno = seqno;
        of_.answered_ = true;
        order_.push_back({&from, jobs_.size()});
        jobs_.push_back({std::move(text), from.key->key, wire::role::server, header, {}});
    }

    void add_single(outgoing& one) {
        const bool again = one.content.msg_id != 0;
        one.in->number(one.content, now());
        // A msg_id that was sent already never goes out alone with other padding (protocol 4.8).
        if (again) return add_wrapped(one);
        add_job(one, text_of(one), one.content.msg_id, one.content.seqno);
    }

    wire::draft text_of(outgoing& one) {
        wire::draft text(one.content.size(), *of_.world_->env.random, &of_.world_->buffers);
        if (write_body(one.content, text.body(), of_)) return text;
        of_.give_up(one);
        return text_of(one);
    }

    bytes body_of(outgoing& one) {
        if (!one.content.part) return one.content.body;
        std::vector<std::byte> written(one.content.size());
        if (write_body(one.content, written, of_)) return bytes::copy(written);
        of_.give_up(one);
        return one.content.body;
    }

    void add_wrapped(outgoing& one) {
        bytes body = body_of(one);
        const std::array inside{wire::contained{one.content.msg_id, one.content.seqno, std::move(body)}};
        add_container(one, inside);
    }

    void add_container(std::size_t begin, std::size_t end) {
        std::vector<wire::contained> inside;
        for (std::size_t i = begin; i < end; ++i) {
            message& each = batch_[i].content;
            batch_[i].in->number(each, now());
            bytes body = body_of(batch_[i]);
            inside.push_back({each.msg_id, each.seqno, std::move(body)});
        }
        add_container(batch_[begin], inside);
    }

    void add_container(const outgoing& first, std::span<const wire::contained> inside) {
        wire::draft text(wire::container_size(inside), *of_.world_->env.random, &of_.world_->buffers);
        wire::write_container(inside, text.body());
        const std::int64_t msg_id = first.in->container_msg_id(now());
        add_job(first, std::move(text), msg_id, first.in->container_seqno());
    }

    void add_frame(const item& each) {
        const outgoing& from = *each.what;
        if (from.what == outgoing::kind::quick_ack) {
            add(of_.frames_out_->quick_ack(from.token), {}, from);
            return;
        }
        const traffic::fault* fault = from.spoiled;
        wire::packet packet = from.payload;
        if (each.job != no_job) {
            packet = jobs_[each.job].outcome.data;
            fault = from.content.spoiled;
        }
        if (!from.was_held) {
            fault = of_.fault_of_packet(fault, packet);
            if (fault && !of_.spoil(*fault, packet)) return;
        }
        if (breaks_off_) return;
        const auto strikes = [&](traffic::fault_kind kind) { return fault && fault->kind == kind; };
        breaks_off_ = strikes(traffic::fault_kind::break_off);
        add_packet(packet, strikes(traffic::fault_kind::wrong_length), from);
        if (strikes(traffic::fault_kind::duplicate)) add_packet(packet, false, from);
        of_.let_overtaken_follow(traffic::direction::out);
    }

    void add_packet(const wire::packet& packet, bool wrong_length, const outgoing& from) {
        wire::frame frame = of_.frames_out_->wrap(packet.view());
        // The last byte of a length is its highest, but for the full framing, where a number follows.
        constexpr std::size_t length_end = 4;
        if (wrong_length) frame.header()[std::min(frame.header().size(), length_end) - 1] = std::byte{0x7e};
        add(std::move(frame), packet, from);
    }

    void add(wire::frame frame, wire::packet packet, const outgoing& from) {
        frames_.push_back(std::move(frame));
        packets_.push_back(std::move(packet));
        const wire::frame& kept = frames_.back();
        const byte_view head = kept.header();
        const byte_view tail = kept.trailer();
        const byte_view body = packets_.back().view();
        if (!head.empty()) parts_.push_back(head);
        if (!body.empty()) parts_.push_back(breaks_off_ ? body.first(body.size() / 2) : body);
        if (!tail.empty() && !breaks_off_) parts_.push_back(tail);
        entered_.resize(parts_.size(), from.entered);
        accounts_.resize(parts_.size(), of_.account_behind(from));
    }

    connection& of_;
    std::vector<outgoing> batch_;
    std::vector<wire::seal_job> jobs_;
    std::vector<item> order_;
    std::deque<wire::frame> frames_;  // a deque: the parts point into it
    std::vector<wire::packet> packets_;
    std::vector<byte_view> parts_;
    std::vector<time_point> entered_;
    std::vector<account_traffic*> accounts_;
    bool breaks_off_ = false;
};

account_traffic* connection::account_behind(const outgoing& what) const {
    if (world_->rules.account_rate == 0 || !what.content.part) return nullptr;
    const key_state& permanent = what.key->bound_to ? *what.key->bound_to : *what.key;
    return &world_->traffic_of(dc_.id, permanent.login.user);
}

// When a slice arrives that the account's rate counts, too. Before it left, at half a round trip before now,
// it has waited for the connection, not for the account, so only a timer's delay is made good.
time_point connection::due_at(time_point entered, std::int64_t size, account_traffic* account) {
    const time_point due = line_out_.send(entered, size);
    if (!account) return due;
    const duration way = world_->rules.rtt / 2;
    const time_point ready = std::max(entered, world_->env.time->now() - way - latest_timer);
    return std::max(due, account->limits.send(ready, size) + way);
}

// Each slice leaves when it is due; those that are due already go together.
io::awaitable<bool> connection::write_over_line(const packing& packed) {
    const std::span<const byte_view> parts = packed.parts();
    const std::size_t limit = slice_;
    std::vector<byte_view> ready;
    std::vector<byte_view> slice;
    std::size_t size = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        for (byte_view rest = parts[i]; !rest.empty();) {
            slice.push_back(rest.first(std::min(rest.size(), limit - size)));
            size += slice.back().size();
            rest = rest.subspan(slice.back().size());
            const time_point entered = packed.entered()[i];
            const bool ends = i + 1 == parts.size() || packed.entered()[i + 1] != entered;
            if (size < limit && !(rest.empty() && ends)) continue;
            const time_point due = due_at(entered, static_cast<std::int64_t>(size), packed.accounts()[i]);
            size = 0;
            if (due > world_->env.time->now()) {
                if (!ready.empty()) {
                    const auto written = co_await stream_->write(ready);
                    if (!written) co_return false;
                    ready.clear();
                }
                const auto waited = co_await world_->env.time->sleep_until(due);
                if (!waited) co_return false;
            }
            ready.insert(ready.end(), slice.begin(), slice.end());
            slice.clear();
        }
    }
    const auto written = co_await stream_->write(ready);
    co_return written.has_value();
}

io::awaitable<void> connection::write_loop() {
    bool going_on = true;
    while (going_on && !closed_) {
        if (half_closed_ && !std::exchange(ended_writing_, true)) stream_->end_writing();
        if (queue_.empty() || half_closed_) {
            going_on = (co_await queue_changed_.wait()).has_value();
        } else if (frozen_until_ > time_point{} && frozen_until_ > world_->env.time->now()) {
            going_on = co_await thawed();
        } else if (!instant_ && first_due() > world_->env.time->now()) {
            // Looked at again afterwards: the query may have been dropped meanwhile.
            going_on = (co_await world_->env.time->sleep_until(first_due())).has_value();
        } else {
            meet_connection_fault();
            if (closed_) co_return;
            if (half_closed_ || frozen_until_ > world_->env.time->now()) continue;
            packing packed(*this, take_batch());
            queue_changed_.notify();
            if (instant_) {
                going_on = (co_await stream_->write(packed.parts())).has_value();
            } else {
                going_on = co_await write_over_line(packed);
            }
            last_active_ = world_->env.time->now();
            if (packed.breaks_off()) close();
        }
    }
}

}  // namespace mtproto::localdc
