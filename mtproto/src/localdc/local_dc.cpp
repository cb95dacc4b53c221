// The public face: checks the options and ties a cluster to sockets.
#include "io/sockets.hpp"
#include "localdc/access.hpp"
#include "localdc/names.hpp"
#include "localdc/server.hpp"
#include "wire/proxy_secret.hpp"

#include <mtproto/local_dc.hpp>

#include <algorithm>
#include <sys/resource.h>
#include <utility>

namespace mtproto {
namespace {

constexpr int most_dcs = 9;
constexpr int most_ports = 65536;
constexpr duration longest_jitter = std::chrono::seconds(60);
constexpr double most_loss = 0.1;
constexpr std::int64_t fastest_flood = 9'000'000'000;
constexpr std::chrono::seconds longest_wait = std::chrono::hours(24 * 30);
constexpr std::int64_t longest_burst = std::int64_t{24} * 60 * 60;  // seconds

void require(bool good, const char* what) {
    if (!good) throw error({errc::bad_argument, what});
}

void check_limits(const local_dc_limits& limits) {
    const auto probability = [](double value) { return value >= 0 && value <= 1; };
    require(limits.jitter >= duration{0} && limits.jitter <= longest_jitter,
            "the jitter must be 0 to 60 seconds");
    require(probability(limits.loss) && limits.loss <= most_loss,
            "the probability of a loss must be 0 to 0.1");
    require(probability(limits.slow_parts), "the probability of a slow part must be 0 to 1");
    require(limits.account_rate >= 0 && limits.flood_rate >= 0 && limits.flood_burst >= 0 &&
                limits.flood_requests >= 0 && limits.flood_window_bytes >= 0 && limits.most_connections >= 0,
            "a limit must not be negative");
    require(limits.flood_rate <= fastest_flood && limits.flood_requests <= fastest_flood,
            "a flood rule's rate is beyond 9,000,000,000 a second");
    require(limits.flood_window >= std::chrono::seconds(1) && limits.flood_window <= std::chrono::hours(24),
            "a flood rule's window must be 1 second to a day");
    require(limits.flood_burst / longest_burst <= limits.flood_rate,
            "a flood rule's burst is more than its rate gives in a day");
    require(limits.flood_shortest >= std::chrono::seconds(1) &&
                limits.flood_longest >= limits.flood_shortest &&
                limits.flood_longest <= std::chrono::hours(24),
            "a flood wait's bounds must be 1 second to a day, the shortest first");
}

void check(const local_dc_options& options) {
    require(options.dcs >= 1 && options.dcs <= most_dcs, "the number of data centres must be 1 to 9");
    require(options.rtt >= duration{0}, "the round-trip time must not be negative");
    require(std::all_of(options.generated_files.begin(), options.generated_files.end(),
                        [](const generated_file& each) { return each.size >= 0; }),
            "a generated file's size must not be negative");
    require(!options.sessions_a_key || *options.sessions_a_key > 0,
            "a key must be allowed one session at least");
    require(options.rate >= 0, "the rate must not be negative");
    check_limits(options.limits);
    for (const local_account& each : options.accounts)
        if (each.limits) check_limits(*each.limits);
    require(
        std::all_of(options.accounts.begin(), options.accounts.end(),
                    [](const local_account& each) { return each.freeze_lasts >= std::chrono::seconds(0); }),
        "an account cannot have been frozen for less than nothing");
    require(options.takeout_delay >= std::chrono::seconds(0) && options.takeout_delay <= longest_wait,
            "the delay of a takeout must be 0 seconds to 30 days");
    for (const local_flood& each : options.floods)
        require(!each.method.empty() && each.requests >= 0 && each.window >= std::chrono::seconds(1) &&
                    each.window <= longest_wait && each.wait >= std::chrono::seconds(1) &&
                    each.wait <= longest_wait,
                "a flood names a method, 0 requests or more, and seconds from 1 to 30 days");
    require(!options.login_code.empty(), "the login code must not be empty");
    require(localdc::valid_username(options.channel),
            "the channel's name must be a letter, then letters, digits and _, 32 at most");
    require(options.proxy_secret.empty() || wire::parse_proxy_secret(options.proxy_secret),
            "the proxy's secret is none: give 16 bytes in hexadecimal, alone or after dd, or after ee with a "
            "domain behind them");
    const int ports = 2 * options.dcs + (options.cdn ? 1 : 0) + (options.proxy_secret.empty() ? 0 : 1);
    require(options.port + ports <= most_ports, "the run of ports ends beyond 65535");
}

error no_account(std::int64_t user) {
    return error({errc::bad_argument, "there is no account " + std::to_string(user)});
}

void add(local_dc_counts& to, const localdc::account_tally& one) {
    to.parts += one.parts;
    to.part_bytes += one.part_bytes;
    to.flood_waits += one.flood_waits;
    to.early_requests += one.early_requests;
}

std::uint64_t most_open_files() {
    rlimit told{};
    return ::getrlimit(RLIMIT_NOFILE, &told) == 0 ? told.rlim_cur : RLIM_INFINITY;
}

}  // namespace

struct local_dc::impl {
    explicit impl(std::shared_ptr<localdc::cluster> of)
        : cluster(std::move(of)), running(std::make_shared<localdc::server>(cluster)) {}
    static std::shared_ptr<localdc::cluster> make_cluster(io::environment environment,
                                                          local_dc_options options,
                                                          std::optional<localdc::server_key> key = {},
                                                          std::optional<localdc::server_key> cdn_key = {});

    std::shared_ptr<localdc::cluster> cluster;
    std::shared_ptr<localdc::server> running;
    bool started = false;
    bool stopped = false;
};

// Throws as local_dc does.
std::shared_ptr<localdc::cluster> local_dc::impl::make_cluster(io::environment environment,
                                                               local_dc_options options,
                                                               std::optional<localdc::server_key> key,
                                                               std::optional<localdc::server_key> cdn_key) {
    check(options);
    if (options.most_clients == 0) options.most_clients = localdc::connections_for(most_open_files());
    const auto have = [](std::optional<localdc::server_key>& one, const std::string& folder) {
        if (one) return;
        auto loaded = localdc::load_server_key(folder);
        if (!loaded) throw error(loaded.error());
        one = std::move(*loaded);
    };
    have(key, options.key_folder);
    if (options.cdn) have(cdn_key, {});  // clients ask for it each time (help.getCdnConfig)
    auto files = localdc::catalogue::read(options, localdc::home_of(options.dcs));
    if (!files) throw error(files.error());
    return std::make_shared<localdc::cluster>(std::move(environment), std::move(options), std::move(*key),
                                              std::move(*files), std::move(cdn_key));
}

local_dc local_dc_access::make(io::environment environment, local_dc_options options,
                               std::optional<localdc::server_key> key,
                               std::optional<localdc::server_key> cdn_key) {
    return local_dc(std::make_shared<local_dc::impl>(local_dc::impl::make_cluster(
        std::move(environment), std::move(options), std::move(key), std::move(cdn_key))));
}

void local_dc_access::set_scenario(local_dc& of, const std::string& scenario, std::uint64_t seed) {
    localdc::cluster& cluster = *of.impl_->cluster;
    // Packets that wait to be sent may refer to the faults that they are to meet with.
    if (!cluster.faults.empty()) throw error({errc::bad_argument, "the cluster has its faults already"});
    cluster.options.scenario = scenario;
    cluster.options.scenario_seed = seed;
    cluster.plan_faults();
}

std::size_t local_dc_access::connections(const local_dc& of) {
    return of.impl_->running->connections();
}

localdc::tally local_dc_access::counts(const local_dc& of) {
    return of.impl_->cluster->counters;
}

local_dc::local_dc(boost::asio::any_io_executor executor, local_dc_options options) {
    struct machine {
        explicit machine(boost::asio::any_io_executor on) : sockets(on), timers(on) {}
        io::socket_network sockets;
        io::machine_timers timers;
        std::shared_ptr<localdc::cluster> cluster;
    };
    auto own = std::make_shared<machine>(executor);
    log_sink log = options.log;
    io::environment environment(executor, own->sockets, own->timers, system_random(), std::move(log));
    own->cluster = impl::make_cluster(std::move(environment), std::move(options));
    // Coroutines outlive this object for as long as it takes them to notice; the sockets live as long.
    localdc::cluster* const cluster = own->cluster.get();
    impl_ = std::make_shared<impl>(std::shared_ptr<localdc::cluster>(std::move(own), cluster));
}

local_dc::local_dc(std::shared_ptr<impl> impl) : impl_(std::move(impl)) {}
local_dc::local_dc(local_dc&&) noexcept = default;

local_dc& local_dc::operator=(local_dc&& other) noexcept {
    if (impl_) stop();
    impl_ = std::move(other.impl_);
    return *this;
}

local_dc::~local_dc() {
    if (impl_) stop();
}

void local_dc::start() {
    if (impl_->started) throw error({errc::bad_argument, "the cluster has been started already"});
    if (impl_->stopped) throw error({errc::bad_argument, "the cluster has been stopped: make another"});
    auto listening = impl_->running->start();
    if (!listening) throw error(listening.error());
    impl_->started = true;
}

void local_dc::stop() {
    impl_->stopped = true;
    impl_->running->stop();
}

const local_dc_info& local_dc::info() const {
    return impl_->cluster->info;
}

void local_dc::set_state(std::int64_t user, local_account_state state) {
    localdc::cluster& of = *impl_->cluster;
    if (!of.accounts.set_state(user, state, of.date())) throw no_account(user);
}

void local_dc::set_member(std::int64_t channel, std::int64_t user, bool member) {
    if (!impl_->cluster->channels.set_member(channel, user, member))
        throw error({errc::bad_argument, "there is no private channel " + std::to_string(channel)});
}

void local_dc::set_flood(std::int64_t user, const std::string& method, int dc, std::chrono::seconds wait) {
    localdc::cluster& of = *impl_->cluster;
    if (!of.accounts.by_id(user)) throw no_account(user);
    require(wait >= std::chrono::seconds(1) && wait <= longest_wait, "a wait is 1 second to 30 days");
    ++of.counters.accounts[user].flood_waits;
    of.keeping.waits.hold({user, method, dc}, of.env.time->now(), wait);
}

local_dc_counts local_dc::counts() const {
    const localdc::tally& all = impl_->cluster->counters;
    local_dc_counts made;
    for (const auto& [user, each] : all.accounts)
        add(made, each);
    made.connections = all.connections;
    made.duplicated_keys = all.duplicated_keys;
    return made;
}

local_dc_counts local_dc::counts(std::int64_t user) const {
    const auto& all = impl_->cluster->counters.accounts;
    local_dc_counts made;
    if (const auto found = all.find(user); found != all.end()) add(made, found->second);
    return made;
}

}  // namespace mtproto
