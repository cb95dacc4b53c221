// The loops of a connection, and what kinds of packets there are.
#include "localdc/connection.hpp"

#include "wire/transport_errors.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <limits>
#include <utility>

namespace mtproto::localdc {
namespace {

// Queries, acknowledgements and small uploads: nothing that a client of this server sends is larger.
constexpr std::size_t most_received = 2u << 20;
// Received and not yet due, as bytes: beyond it the client has to wait.
constexpr std::size_t most_arriving = 4u << 20;

// ... and before there is a key, even less: only the key exchange's messages.
constexpr std::size_t most_of_strangers = 16u << 10;

// How long a client may say nothing. A first packet is sent at once, and the steps of a key exchange take a
// slow machine some seconds. Later, clients ping: every minute at least, but for those that take 15 minutes
// of silence for a reason to ask.
constexpr duration first_packet_limit = std::chrono::seconds(10);
constexpr duration key_limit = std::chrono::minutes(1);
constexpr duration idle_limit = std::chrono::minutes(20);

using wire::no_such_key;

// The two directions of a connection differ by chance alone.
traffic::path line_of(const cluster& world, std::int64_t connection, int direction) {
    const std::uint64_t seed = world.options.scenario_seed + 2 * static_cast<std::uint64_t>(connection);
    return traffic::path(traffic::connection_path(world.rules), seed + static_cast<std::uint64_t>(direction));
}

// The slower of the two rates that may hold says how often something leaves.
std::size_t slice_of(const cluster& world, const traffic::path& out) {
    std::size_t slice = out.slice().value_or(std::numeric_limits<std::size_t>::max());
    traffic::path_rules account;
    account.bytes_per_second = world.rules.account_rate;
    if (const auto shared = traffic::path(account).slice()) slice = std::min(slice, *shared);
    return slice;
}

}  // namespace

connection::connection(std::shared_ptr<cluster> world, data_centre& dc, std::unique_ptr<io::stream> stream,
                       std::optional<wire::framing> framing, const traffic::connection_facts& facts)
    : world_(std::move(world)),
      dc_(dc),
      stream_(std::move(stream)),
      frames_in_(wire::role::server, framing, world_->buffers, most_received),
      exchange_({&world_->key_of(dc), dc.id, world_->env.random,
                 [&dc](std::int64_t id) { return dc.keys.contains(id); }}),
      line_in_(line_of(*world_, facts.number, 0)),
      line_out_(line_of(*world_, facts.number, 1)),
      instant_(traffic::connection_path(world_->rules).instant() && world_->rules.account_rate == 0),
      slice_(slice_of(*world_, line_out_)),
      arrived_(world_->env.executor),
      queue_changed_(world_->env.executor),
      last_active_(world_->env.time->now()),
      close_at_changed_(world_->env.executor),
      loop_ended_(world_->env.executor),
      facts_(facts),
      fault_timer_changed_(world_->env.executor) {
    frames_in_.limit_strangers(most_of_strangers, [&dc](std::int64_t key) { return dc.keys.contains(key); });
}

connection::~connection() {
    // What was not sent waits in its session for the next connection. What was sent before and is being sent
    // again has its number, and the session knows it as long as it is wanted.
    for (outgoing& each : queue_)
        if (each.what == outgoing::kind::sealed && each.content.msg_id == 0)
            each.in->keep(std::move(each.content));
    for (auto& [due, each] : slow_)
        each.at.in->keep(std::move(each.answer));
    for (const std::shared_ptr<session>& each : attached_)
        --each->connections;
    world_->forget(facts_);
}

void connection::close() noexcept {
    if (std::exchange(closed_, true)) return;
    world_->sessions.forget(facts_.number);
    stream_->close();
    queue_changed_.notify();
}

// The loops are spawned one by one; the first that ends closes the connection, which ends the others.
io::awaitable<void> connection::run(std::shared_ptr<connection> self) {
    self->start(0, &connection::read_loop);
    self->start(1, &connection::process_loop);
    self->start(2, &connection::write_loop);
    self->start(3, &connection::watch_loop);
    self->start(4, &connection::fault_loop);
    while (self->running_ == loop_count)
        if (!co_await self->loop_ended_.wait()) break;
    self->close();
    for (boost::asio::cancellation_signal& each : self->cancel_)
        each.emit(boost::asio::cancellation_type::terminal);
    while (self->running_ > 0)
        if (!co_await self->loop_ended_.wait()) break;
}

void connection::start(std::size_t which, io::awaitable<void> (connection::*loop)()) {
    ++running_;
    boost::asio::co_spawn(world_->env.executor, keep(shared_from_this(), loop),
                          boost::asio::bind_cancellation_slot(
                              cancel_[which].slot(), [self = shared_from_this()](std::exception_ptr thrown) {
                                  self->note_end(thrown);
                                  --self->running_;
                                  self->loop_ended_.notify();
                              }));
}

// Cancelling the loops throws in them; anything else ends the connection for a reason worth knowing.
void connection::note_end(const std::exception_ptr& thrown) const {
    if (!thrown || !world_->env.log) return;
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& why) {
        if (why.code() == boost::asio::error::operation_aborted) return;
        world_->env.log(log_level::error, std::string("a connection ends: ") + why.what());
    } catch (const std::exception& why) {
        world_->env.log(log_level::error, std::string("a connection ends: ") + why.what());
    }
}

io::awaitable<void> connection::keep(std::shared_ptr<connection> self,
                                     io::awaitable<void> (connection::*loop)()) {
    io::awaitable<void> running = ((*self).*loop)();
    co_await std::move(running);
}

io::awaitable<void> connection::read_loop() {
    while (!closed_) {
        while (queue_is_full() || arriving_bytes_ > most_arriving) {
            io::event& room = queue_is_full() ? queue_changed_ : arrived_;
            if (!co_await room.wait()) co_return;
        }
        const byte_span room = frames_in_.prepare();
        const auto count = co_await stream_->read_some(room);
        if (!count || *count == 0 || !frames_in_.commit(*count)) co_return;
        while (std::optional<wire::packet> data = frames_in_.next()) {
            if (!frames_out_)
                frames_out_.emplace(wire::role::server, *frames_in_.kind(), *world_->env.random, false);
            meet_connection_fault();
            if (frozen_until_ > time_point{} && !co_await thawed()) co_return;
            if (closed_) co_return;
            has_packet_ = true;
            last_active_ = world_->env.time->now();
            receive(std::move(*data));
        }
    }
}

// A packet is whole and goes on to who handles it, over the line.
void connection::arrive(wire::packet data) {
    if (instant_) return handle_packet(std::move(data));
    const time_point due = line_in_.send(world_->env.time->now(), static_cast<std::int64_t>(data.size));
    arriving_bytes_ += data.size;
    arriving_.push_back({due, std::move(data)});
    arrived_.notify();
}

io::awaitable<void> connection::process_loop() {
    for (;;) {
        while (arriving_.empty())
            if (!co_await arrived_.wait()) co_return;
        const time_point due = arriving_.front().due;
        if (due > world_->env.time->now())
            if (!co_await world_->env.time->sleep_until(due)) co_return;
        wire::packet data = std::move(arriving_.front().data);
        arriving_.pop_front();
        arriving_bytes_ -= data.size;
        arrived_.notify();
        handle_packet(std::move(data));
    }
}

// When the connection ends unless something comes. A client that names its own time has that, and a freeze of
// a scenario counts as none of it.
time_point connection::deadline() const {
    if (close_at_) return *close_at_;
    const time_point since = std::max(last_active_, frozen_until_);
    return since + (!has_packet_ ? first_packet_limit : !has_key_ ? key_limit : idle_limit);
}

io::awaitable<void> connection::watch_loop() {
    bool waited = true;
    // Each packet moves the time later, a ping perhaps sooner: it is looked at again when it comes, and then.
    using namespace boost::asio::experimental::awaitable_operators;
    while (waited && deadline() > world_->env.time->now()) {
        const auto first = co_await (world_->env.time->sleep_until(deadline()) || close_at_changed_.wait());
        waited = first.index() == 0 ? std::get<0>(first).has_value() : std::get<1>(first).has_value();
    }
}

void connection::handle_packet(wire::packet data) {
    if (closed_ || silent_) return;
    const wire::packet_class kind = wire::classify(data);
    if (kind.kind != wire::packet_kind::message) return;
    if (wire::key_id_of(data) == 0) {
        handle_plain(data);
    } else {
        handle_sealed(std::move(data));
    }
}

void connection::handle_plain(const wire::packet& data) {
    const auto plain = wire::read_plain(data);
    if (!plain) return close();
    const traffic::fault* fault =
        world_->faults.at_event(key_exchange::name_of(plain->body), false, facts_, world_->env.time->now());
    if (fault && traffic::place_of(fault->kind) == traffic::place::connection) {
        suffer(*fault);
        if (fault->kind != traffic::fault_kind::freeze) return;
    }

    const unix_time now = world_->env.time->unix_now();
    const key_exchange::step step = exchange_.handle(plain->body, now, fault);
    if (step.answer.empty()) return send_transport_error(no_such_key);
    if (step.agreed) {
        has_key_ = true;
        if (dc_.keys.size() >= data_centre::most_keys) dc_.keys.erase(dc_.keys.begin());
        auto made = std::make_shared<key_state>(step.agreed->key,
                                                salt_schedule(step.agreed->first_salt, world_->secret, now));
        if (step.agreed->expires_in) made->expires = now + std::chrono::seconds(*step.agreed->expires_in);
        dc_.keys[step.agreed->key->id()] = std::move(made);
    }
    send_payload(wire::write_plain(plain_ids_.next(now, true), step.answer), fault);
}

std::shared_ptr<key_state> connection::find_key(std::int64_t id) {
    const auto found = dc_.keys.find(id);
    if (found == dc_.keys.end()) return nullptr;
    std::shared_ptr<key_state> key = found->second;
    if (key->expires && *key->expires <= world_->env.time->unix_now()) {
        dc_.keys.erase(found);
        return nullptr;
    }
    return key;
}

void connection::handle_sealed(wire::packet data) {
    const std::shared_ptr<key_state> key = find_key(wire::key_id_of(data));
    if (!key) return send_transport_error(no_such_key);
    const bool wants_quick_ack = data.quick_ack;
    const auto opened = wire::open(std::move(data), key->key, wire::role::server);
    // Whatever is wrong with it, the client learns nothing from the answer (protocol 4.3).
    if (!opened) return close();
    has_key_ = true;
    if (wants_quick_ack) send_quick_ack(opened->quick_ack_token);
    handle_opened(key, *opened);
}

bool connection::read(const served_file& file, std::int64_t offset, byte_span into) {
    if (world_->files.read(file, offset, into)) return true;
    if (world_->env.log)
        world_->env.log(log_level::warning, file.path + " cannot be read, or is another than at the start");
    return false;
}

}  // namespace mtproto::localdc
