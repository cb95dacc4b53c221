// The public face of simulation, pipes and virtual time.
#include "client/account_connections.hpp"
#include "crypto/seeded_random.hpp"
#include "io/edge.hpp"
#include "io/simulation.hpp"
#include "localdc/access.hpp"
#include "localdc/server_key.hpp"

#include <mtproto/testing.hpp>

#include <utility>

namespace mtproto::testing {
namespace {

/// To make one takes 100 ms and more.
localdc::server_key made_key() {
    auto made = localdc::load_server_key("");
    if (!made) throw error(made.error());
    return std::move(*made);
}

const localdc::server_key& key_of_clusters() {
    static const localdc::server_key key = made_key();
    return key;
}

const localdc::server_key& key_of_cdns() {
    static const localdc::server_key key = made_key();
    return key;
}

io::awaitable<outcome<void>> sleep_until(io::timers& time, time_point end) {
    const result<void> slept = co_await time.sleep_until(end);
    if (!slept) co_return failure(slept.error());
    co_return outcome<void>();
}

}  // namespace

struct world::impl {
    explicit impl(std::uint64_t seed) : random(seed) {}

    crypto::seeded_random random;
    io::simulation simulation{random};
};

world::world(std::uint64_t seed) : impl_(std::make_unique<impl>(seed)) {}

/// Coroutines that notice only now that their client or cluster is gone end in order.
world::~world() {
    settle();
}

local_dc world::cluster(local_dc_options options) {
    std::optional<localdc::server_key> key;
    if (options.key_folder.empty()) key = key_of_clusters();
    std::optional<localdc::server_key> cdn_key;
    if (options.cdn) cdn_key = key_of_cdns();
    log_sink log = options.log;
    local_dc made = local_dc_access::make(impl_->simulation.make_environment(std::move(log)),
                                          std::move(options), std::move(key), std::move(cdn_key));
    made.start();
    return made;
}

mtproto::client world::client(config settings) {
    if (settings.api.id == 0) settings.api.id = 1;
    if (settings.api.hash.empty()) settings.api.hash = "any";
    io::environment around = impl_->simulation.make_environment(settings.log);
    return mtproto::client(core::account_connections::make(std::move(around), std::move(settings)));
}

mtproto::client world::client(const local_dc& of, config settings) {
    const local_dc_info& known = of.info();
    settings.servers = {};
    settings.servers.home_dc = known.home_dc;
    settings.servers.rsa_public_keys = {known.rsa_public_key};
    for (const local_dc_info::data_centre& dc : known.dcs)
        settings.servers.addresses.push_back({dc.id, dc.host, dc.port, false});
    return client(std::move(settings));
}

void world::run(boost::asio::awaitable<void> task, duration limit) {
    impl_->simulation.run(std::move(task), limit);
}

void world::advance(duration time) {
    run(sleep(time), duration::max() - now().time_since_epoch());
}

void world::settle() {
    impl_->simulation.settle();
}

boost::asio::any_io_executor world::executor() {
    return impl_->simulation.executor();
}

time_point world::now() const {
    return impl_->simulation.time().now();
}

unix_time world::unix_now() const {
    return impl_->simulation.time().unix_now();
}

boost::asio::awaitable<void> world::sleep(duration time) {
    io::timers& timers = impl_->simulation.time();
    return io::at_the_edge(sleep_until(timers, timers.now() + time));
}

void world::set_scenario(local_dc& of, const std::string& scenario, std::uint64_t seed) {
    local_dc_access::set_scenario(of, scenario, seed);
}

std::size_t world::open_connections(const local_dc& of) {
    return local_dc_access::connections(of);
}

served world::counts(const local_dc& of) {
    const localdc::tally all = local_dc_access::counts(of);
    served made;
    made.connections = all.connections;
    made.parts = all.parts;
    return made;
}

}  // namespace mtproto::testing
