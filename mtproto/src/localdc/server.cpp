// Binding, accepting, stopping.
#include "localdc/server.hpp"

#include "io/peer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace mtproto::localdc {
namespace {

// When the process has no descriptor left, accepting again at once would spin.
constexpr duration accept_pause = std::chrono::milliseconds(100);

// A client says at once which transport it speaks; over TLS that takes a few round trips.
constexpr duration greeting_limit = std::chrono::seconds(10);

// Of files that are served, ports, and whatever else the process has.
constexpr std::uint64_t files_beside = 192;
constexpr std::uint64_t most_connections = 10'000;

/// Takes a connection out of a table at the end.
template <class T>
struct registered {
    std::map<std::int64_t, T*>& all;
    std::int64_t number;
    ~registered() { all.erase(number); }
};

}  // namespace

std::size_t connections_for(std::uint64_t open_files) noexcept {
    const std::uint64_t beside = std::min(files_beside, open_files / 2);
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(open_files - beside, 1, most_connections));
}

server::server(std::shared_ptr<cluster> of) : cluster_(std::move(of)) {
    const std::string& secret = cluster_->options.proxy_secret;
    if (!secret.empty()) proxy_.emplace(wire::parse_proxy_secret(secret).value());
}

outcome<std::unique_ptr<io::acceptor>> server::listen(int number) {
    const local_dc_options& options = cluster_->options;
    const io::endpoint where{options.host, options.port == 0
                                               ? std::uint16_t{0}
                                               : static_cast<std::uint16_t>(options.port + number)};
    auto made = cluster_->env.net->listen(where);
    if (!made)
        return failure(errc::connection_failed,
                       "cannot listen on " + io::to_string(where) + ": " + made.error().message());
    return std::move(*made);
}

outcome<void> server::start() {
    int number = 0;
    outcome<void> opened;
    for (data_centre& dc : cluster_->dcs.general) {
        local_dc_info::data_centre& told = cluster_->info.dcs[static_cast<std::size_t>(dc.id - 1)];
        if (opened) opened = open_door(number++, &dc, false, told.port);
        if (opened && cluster_->options.media_addresses)
            opened = open_door(number, &dc, true, told.media_port);
        ++number;
    }
    if (opened && cluster_->dcs.cdn)
        opened = open_door(number++, &cluster_->dcs.cdn->dc, false, cluster_->info.cdn_port);
    if (opened && proxy_) opened = open_door(number++, nullptr, false, cluster_->info.proxy_port);
    if (!opened) {
        doors_.clear();
        return opened;
    }
    cluster_->faults.start(cluster_->env.time->now());
    for (const std::shared_ptr<door>& each : doors_)
        boost::asio::co_spawn(cluster_->env.executor, accept_loop(shared_from_this(), each),
                              boost::asio::detached);
    return {};
}

outcome<void> server::open_door(int number, data_centre* dc, bool media, std::uint16_t& port) {
    auto listening = listen(number);
    if (!listening) return listening.error();
    port = (*listening)->local().port;
    doors_.push_back(std::make_shared<door>(door{std::move(*listening), dc, media}));
    return {};
}

void server::stop() noexcept {
    stopped_ = true;
    for (const std::shared_ptr<door>& each : doors_)
        each->listening->close();
    for (const auto& [number, each] : greeting_)
        each->close();
    for (const auto& [number, each] : connections_)
        each->close();
}

// Whether one more connection may stay: where there are too many, one whose client has no key makes room.
bool server::make_room() {
    const std::size_t most = cluster_->options.most_clients;
    if (connections() < most) return true;
    const auto open = std::count_if(connections_.begin(), connections_.end(),
                                    [](const auto& each) { return !each.second->closed(); });
    return greeting_.size() + static_cast<std::size_t>(open) < most || close_oldest_stranger();
}

bool server::close_oldest_stranger() {
    const auto greeted = std::find_if(connections_.begin(), connections_.end(), [](const auto& each) {
        return !each.second->closed() && !each.second->has_key();
    });
    const auto greeting = greeting_.begin();
    const bool any_greeted = greeted != connections_.end();
    if (greeting != greeting_.end() && (!any_greeted || greeting->first < greeted->first)) {
        greeting->second->close();
        greeting_.erase(greeting);
        return true;
    }
    if (any_greeted) greeted->second->close();
    return any_greeted;
}

io::awaitable<void> server::accept_loop(std::shared_ptr<server> self, std::shared_ptr<door> at) {
    while (!self->stopped_) {
        auto stream = co_await at->listening->accept();
        if (self->stopped_) co_return;
        if (!stream) {
            self->close_oldest_stranger();
            if (!co_await self->cluster_->env.time->sleep_for(accept_pause)) co_return;
            continue;
        }
        if (!self->make_room()) continue;
        traffic::connection_facts facts;
        facts.number = ++self->accepted_;
        ++self->cluster_->counters.connections;
        facts.dc = at->dc ? at->dc->id : 0;
        facts.media = at->media;
        facts.accepted = self->cluster_->env.time->now();
        const traffic::fault* fault =
            self->cluster_->faults.at_event("connect", false, facts, facts.accepted);
        if (fault && fault->kind == traffic::fault_kind::close) continue;
        boost::asio::co_spawn(self->cluster_->env.executor,
                              receive(self, at, std::move(*stream), facts, fault), boost::asio::detached);
    }
}

io::awaitable<result<greeted>> server::greet_at(const door& at, std::unique_ptr<io::stream> stream,
                                                std::int64_t number) {
    greeting_.emplace(number, stream.get());
    const registered<io::stream> until_greeted{greeting_, number};
    if (at.dc) co_return co_await greet(std::move(stream), cluster_->options.websocket.get());
    const io::environment& env = cluster_->env;
    co_return co_await greet_at_proxy(std::move(stream), *proxy_, env.time->unix_now(), *env.random);
}

// Whatever the greeting waits for, it ends with its stream.
io::awaitable<void> server::end_late_greeting(std::int64_t number) {
    const auto waited = co_await cluster_->env.time->sleep_for(greeting_limit);
    const auto late = greeting_.find(number);
    if (waited && late != greeting_.end()) late->second->close();
}

io::awaitable<void> server::receive(std::shared_ptr<server> self, std::shared_ptr<door> at,
                                    std::unique_ptr<io::stream> stream, traffic::connection_facts facts,
                                    const traffic::fault* fault) {
    using namespace boost::asio::experimental::awaitable_operators;
    std::string peer = io::peer_of(*stream);
    auto first = co_await (self->greet_at(*at, std::move(stream), facts.number) ||
                           self->end_late_greeting(facts.number));
    if (first.index() != 0 || self->stopped_) co_return;
    result<greeted> client = std::move(std::get<0>(first));
    if (!client) co_return;
    // Only a proxy goes by the data centre that the stream names: at a port of its own, clients put random
    // bytes there (mtcute and Telethon do).
    data_centre* const dc = at->dc ? at->dc : self->cluster_->dcs.find(client->mark.dc);
    if (!dc) co_return;
    facts.dc = dc->id;
    if (!at->dc) facts.media = client->mark.media;
    auto served = std::make_shared<server_connection>(self->cluster_, *dc, std::move(client->stream),
                                                      client->framing, facts);
    self->cluster_->keeping.places.accepted(facts.number, std::move(peer));
    if (fault) served->apply_fault(*fault);
    self->connections_.emplace(facts.number, served.get());
    const registered<server_connection> until_the_end{self->connections_, facts.number};
    co_await server_connection::run(served);
}

}  // namespace mtproto::localdc
