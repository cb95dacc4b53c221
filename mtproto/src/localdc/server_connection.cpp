// The loops of a connection, and what kinds of packets there are.
#include "localdc/server_connection.hpp"

#include "wire/transport_errors.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace mtproto::localdc {
namespace {

// Queries, acknowledgements and small uploads: nothing that a client of this server sends is larger.
constexpr std::size_t most_received = 2u << 20;
// ... and before there is a key, even less: only the key exchange's messages.
constexpr std::size_t most_of_strangers = 16u << 10;

using wire::no_such_key;

std::int64_t user_of(const key_state& key) {
    return (key.bound_to ? *key.bound_to : key).login.user;
}

}  // namespace

server_connection::server_connection(std::shared_ptr<cluster> of, data_centre& dc,
                                     std::unique_ptr<io::stream> stream, std::optional<wire::framing> framing,
                                     const traffic::connection_facts& facts)
    : cluster_(std::move(of)),
      dc_(dc),
      link_(cluster_->env, cluster_->faults, cluster_->buffers, std::move(stream),
            {framing, facts, most_received, most_of_strangers,
             [&dc](std::int64_t key) { return dc.keys.contains(key); }}),
      exchange_({&cluster_->dcs.key_of(dc), dc.id, cluster_->env.random,
                 [&dc](std::int64_t id) { return dc.keys.contains(id); }}),
      arrivals_(cluster_->env, cluster_->path_of(facts.number, 0)),
      writer_(*cluster_, facts.number),
      outbox_(cluster_->env, link_, writer_),
      dispatcher_({*cluster_, dc_, *this, link_, outbox_, slow_}),
      idle_(cluster_->env.time->now()),
      idle_changed_(cluster_->env.executor),
      loops_(cluster_->env.executor, [this](const std::exception& why) {
          if (cluster_->env.log)
              cluster_->env.log(log_level::error, std::string("a connection ends: ") + why.what());
      }) {}

server_connection::~server_connection() {
    cluster_->forget(link_.facts());
}

void server_connection::close() noexcept {
    if (link_.closed()) return;
    cluster_->keeping.forget(link_.facts().number);
    link_.close();
    outbox_.changed().notify();
}

void server_connection::close_at(time_point when) {
    idle_.close_at(when);
    idle_changed_.notify();
}

void server_connection::apply_fault(const traffic::fault& fault) {
    switch (fault.kind) {
        case traffic::fault_kind::close:
            return close();
        case traffic::fault_kind::half_close:
            // The write loop does it: a write may be under way.
            link_.half_close();
            return outbox_.changed().notify();
        case traffic::fault_kind::freeze:
            return link_.freeze(fault.time);
        case traffic::fault_kind::silence:
            return link_.silence();
        case traffic::fault_kind::transport_error: {
            constexpr std::int64_t greatest = std::numeric_limits<std::int32_t>::max();
            return outbox_.send_transport_error(-static_cast<std::int32_t>(std::min(fault.value, greatest)));
        }
        default:
            return;
    }
}

// The first loop that ends closes the connection, which ends the others.
io::awaitable<void> server_connection::run(std::shared_ptr<server_connection> self) {
    self->start(&server_connection::read_loop);
    self->start(&server_connection::process_loop);
    self->start(&server_connection::write_loop);
    self->start(&server_connection::watch_loop);
    self->start(&server_connection::fault_loop);
    co_await self->loops_.first_end();
    self->close();
    co_await self->loops_.end_all();
}

void server_connection::start(loop running) {
    loops_.start(shared_from_this(), run_loop(shared_from_this(), running));
}

io::awaitable<void> server_connection::run_loop(std::shared_ptr<server_connection> self, loop running) {
    io::awaitable<void> until_end = ((*self).*running)();
    co_await std::move(until_end);
}

io::awaitable<void> server_connection::read_loop() {
    while (!link_.closed()) {
        while (outbox_.full() || arrivals_.full()) {
            io::event& room = outbox_.full() ? outbox_.changed() : arrivals_.changed();
            if (!co_await room.wait()) co_return;
        }
        if (!co_await link_.read()) co_return;
        while (std::optional<wire::packet> data = link_.next()) {
            meet_connection_fault();
            if (link_.frozen() && !co_await link_.thawed()) co_return;
            if (link_.closed()) co_return;
            idle_.packet_came(cluster_->env.time->now());
            std::vector<wire::packet> passing = link_.pass_in(std::move(*data));
            if (passing.empty()) continue;
            for (wire::packet& each : passing)
                arrive(std::move(each));
            link_.overtaken(traffic::direction::in);
        }
    }
}

// A packet goes on to who handles it, over the path.
void server_connection::arrive(wire::packet data) {
    if (writer_.instant()) return handle_packet(std::move(data));
    arrivals_.add(std::move(data));
}

io::awaitable<void> server_connection::process_loop() {
    while (auto data = co_await arrivals_.next())
        handle_packet(std::move(*data));
}

// Each packet moves the deadline later, a ping perhaps sooner: it is looked at again when it comes, and then.
io::awaitable<void> server_connection::watch_loop() {
    using namespace boost::asio::experimental::awaitable_operators;
    const auto deadline = [this] { return idle_.deadline(link_.frozen_until()); };
    io::timers& time = *cluster_->env.time;
    bool waited = true;
    while (waited && deadline() > time.now()) {
        const auto first = co_await (time.sleep_until(deadline()) || idle_changed_.wait());
        waited = first.index() == 0 ? std::get<0>(first).has_value() : std::get<1>(first).has_value();
    }
}

io::awaitable<void> server_connection::write_loop() {
    io::timers& time = *cluster_->env.time;
    bool going_on = true;
    while (going_on && !link_.closed()) {
        link_.tell_half_close();
        if (outbox_.empty() || link_.half_closed()) {
            going_on = (co_await outbox_.changed().wait()).has_value();
        } else if (link_.frozen()) {
            going_on = co_await link_.thawed();
        } else if (!writer_.instant() && writer_.first_due(outbox_.front()) > time.now()) {
            // Looked at again afterwards: the query may have been dropped meanwhile.
            going_on = (co_await time.sleep_until(writer_.first_due(outbox_.front()))).has_value();
        } else {
            meet_connection_fault();
            if (link_.closed()) co_return;
            if (!link_.half_closed() && !link_.frozen()) going_on = co_await write_batch();
        }
    }
}

// Writes what is due. False when no more can be written.
io::awaitable<bool> server_connection::write_batch() {
    std::vector<outgoing> batch = outbox_.take_batch();
    for (const outgoing& each : batch)
        if (each.content.part) count_part(*each.context.key, *each.content.part);
    const io::environment& env = cluster_->env;
    const packing packed(batch, {*this, *env.random, cluster_->buffers, env.time->unix_now()});
    framed_batch framed;
    for (const packing::item& each : packed.items())
        link_.frame(each, framed);
    outbox_.changed().notify();
    bool written = false;
    if (writer_.instant()) {
        written = (co_await link_.stream().write(framed.parts())).has_value();
    } else {
        const std::vector<account_traffic*> accounts = accounts_of(framed);
        written = co_await writer_.write(link_.stream(), framed, accounts);
    }
    idle_.wrote(env.time->now());
    if (framed.broken_off()) close();
    co_return written;
}

// Whose rate each part counts against; null for what is no file.
std::vector<account_traffic*> server_connection::accounts_of(const framed_batch& batch) const {
    std::vector<account_traffic*> accounts(batch.parts().size());
    if (cluster_->transfers.least_account_rate() == 0) return accounts;
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        const outgoing& source = batch.source(i);
        if (!source.content.part) continue;
        accounts[i] = &cluster_->traffic_of(dc_.id, user_of(*source.context.key));
    }
    return accounts;
}

void server_connection::count_part(const key_state& key, const file_part& part) {
    ++cluster_->counters.parts;
    account_tally& of = cluster_->counters.accounts[user_of(key)];
    ++of.parts;
    of.part_bytes += part.size;
}

void server_connection::meet_connection_fault() {
    if (link_.closed()) return;
    if (const traffic::fault* fault = link_.connection_fault()) apply_fault(*fault);
    link_.expect_faults();
}

// Lets time do what it is to do: faults that are due at a time, packets that were held until one, slow
// answers.
io::awaitable<void> server_connection::fault_loop() {
    using namespace boost::asio::experimental::awaitable_operators;
    io::timers& time = *cluster_->env.time;
    for (;;) {
        const std::optional<time_point> next = next_timer();
        bool cancelled = false;
        if (next && *next > time.now()) {
            const auto woken = co_await (time.sleep_until(*next) || link_.timer_changed().wait());
            cancelled = woken.index() == 0 ? std::get<0>(woken).has_error() : std::get<1>(woken).has_error();
            // Before the time came there is nothing to look for.
            if (!cancelled && woken.index() == 0 && *next != time_point::max()) meet_connection_fault();
        } else if (!next) {
            cancelled = (co_await link_.timer_changed().wait()).has_error();
        }
        if (cancelled) co_return;
        let_go_what_is_due();
    }
}

std::optional<time_point> server_connection::next_timer() const {
    std::optional<time_point> first;
    for (const std::optional<time_point>& each : {link_.next_fault(), link_.next_due(), slow_.next()})
        if (each) first = std::min(first.value_or(time_point::max()), *each);
    return first;
}

void server_connection::let_go_what_is_due() {
    while (std::optional<held_packets::held> due = link_.take_due()) {
        if (due->way == traffic::direction::in) {
            arrive(std::move(due->data));
        } else {
            outbox_.send_held(std::move(due->data));
        }
    }
    while (auto due = slow_.take_due(cluster_->env.time->now()))
        outbox_.send(due->context, std::move(due->content));
}

void server_connection::handle_packet(wire::packet data) {
    if (link_.closed() || link_.silent()) return;
    if (wire::classify(data).kind != wire::packet_kind::message) return;
    if (wire::key_id_of(data) == 0) {
        handle_plain(data);
    } else {
        handle_sealed(std::move(data));
    }
}

void server_connection::handle_plain(const wire::packet& data) {
    const auto plain = wire::read_plain(data);
    if (!plain) return close();
    const traffic::fault* fault = cluster_->faults.at_event(key_exchange::name_of(plain->body), false,
                                                            link_.facts(), cluster_->env.time->now());
    if (fault && traffic::stage_of(fault->kind) == traffic::fault_stage::connection) {
        apply_fault(*fault);
        if (fault->kind != traffic::fault_kind::freeze) return;
    }
    const unix_time now = cluster_->env.time->unix_now();
    const key_exchange::step step = exchange_.handle(plain->body, now, fault);
    if (step.answer.empty()) return outbox_.send_transport_error(no_such_key);
    if (step.agreed) add_key(*step.agreed, now);
    outbox_.send_payload(wire::write_plain(plain_ids_.next(now, true), step.answer), fault);
}

void server_connection::add_key(const agreed_key& agreed, unix_time now) {
    idle_.key_seen();
    if (dc_.keys.size() >= data_centre::most_keys) dc_.keys.erase(dc_.keys.begin());
    const salt_schedule salts(agreed.first_salt, cluster_->secret.value(), now);
    auto made = std::make_shared<key_state>(agreed.key, salts);
    if (agreed.expires_in) made->expires = now + std::chrono::seconds(*agreed.expires_in);
    dc_.keys[agreed.key->id()] = std::move(made);
}

std::shared_ptr<key_state> server_connection::find_key(std::int64_t id) {
    const auto found = dc_.keys.find(id);
    if (found == dc_.keys.end()) return nullptr;
    std::shared_ptr<key_state> key = found->second;
    if (key->expires && *key->expires <= cluster_->env.time->unix_now()) {
        dc_.keys.erase(found);
        return nullptr;
    }
    return key;
}

void server_connection::handle_sealed(wire::packet data) {
    const std::shared_ptr<key_state> key = find_key(wire::key_id_of(data));
    if (!key) return outbox_.send_transport_error(no_such_key);
    const bool wants_quick_ack = data.quick_ack;
    const auto opened = wire::open(std::move(data), key->key, wire::role::server);
    // Whatever is wrong with it, the client learns nothing from the answer (protocol 4.3).
    if (!opened) return close();
    idle_.key_seen();
    if (wants_quick_ack) outbox_.send_quick_ack(opened->quick_ack_token);
    dispatcher_.handle(key, *opened);
}

bool server_connection::read(const served_file& file, std::int64_t offset, byte_span into) {
    if (cluster_->files.read(file, offset, into)) return true;
    if (cluster_->env.log)
        cluster_->env.log(log_level::warning, file.path + " cannot be read, or is another than at the start");
    return false;
}

}  // namespace mtproto::localdc
