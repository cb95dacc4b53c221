// Beginning: the stored session, the home data centre, the configuration.
#include "client/engine.hpp"
#include "client/route.hpp"
#include "io/workers.hpp"

#include <mtproto/tl_api.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>

namespace mtproto::core {
namespace {

/// Bounds on how long a configuration is good for, whatever the server says.
constexpr std::chrono::seconds config_at_least = std::chrono::minutes(10);
constexpr std::chrono::seconds config_at_most = std::chrono::hours(24);
/// When it could not be had, requests do not wait for another try before this has passed: each would wait
/// until the home data centre is given up.
constexpr duration config_retry = std::chrono::minutes(1);

}  // namespace

std::shared_ptr<runtime> runtime::make(io::environment where, config settings,
                                       std::shared_ptr<const void> keep, runtime_limits limits) {
    return std::make_shared<engine>(std::move(where), std::move(settings), std::move(keep), limits);
}

engine::engine(io::environment where, config settings, std::shared_ptr<const void> keep,
               runtime_limits limits)
    : settings_(std::move(settings)),
      limits_(limits),
      shared_(std::make_shared<net::services>(std::move(where), std::move(keep))),
      waits_(std::make_shared<wait_list>(shared_->where, shared_, settings_.on_wait)),
      table_(settings_.servers.addresses),
      session_([to = shared_.get()](log_level level, const std::string& line) { to->log(level, line); }),
      refreshed_(shared_->where.executor),
      closing_(shared_->where.executor) {
    if (!settings_.session) settings_.session = memory_session();
    shared_->max_wait = settings_.max_wait;
    shared_->test_cluster = settings_.servers.test;
    shared_->who.api_id = settings_.api.id;
    shared_->who.device_model = settings_.device_model;
    shared_->who.system_version = settings_.system_version;
    shared_->who.app_version = settings_.app_version;
    shared_->who.language = settings_.language;
}

engine::~engine() {
    engine::close();
}

void engine::close() noexcept {
    if (std::exchange(closed_, true)) return;
    closing_.notify();
    waits_->close();
    if (shared_->where.compute) shared_->where.compute->stop();
    for (const auto& [dc, at] : cdns_)
        for (const auto& [index, line] : at->connections)
            line->close();
    for (const auto& [dc, at] : centres_) {
        if (at->main) at->main->close();
        for (const auto& [index, line] : at->for_files)
            line->close();
        for (const std::shared_ptr<net::connection>& line : at->leaving)
            line->close();
    }
}

outcome<void> engine::load() {
    if (settings_.api.id <= 0 || settings_.api.hash.empty())
        return failure(errc::bad_argument,
                       "api_id and api_hash are missing: get them at https://my.telegram.org");
    outcome<net::route> way = route_of(settings_);
    if (!way) return way.error();
    shared_->dial = std::make_unique<net::route_dialer>(*shared_->where.net, *shared_->where.time,
                                                        *shared_->where.random, std::move(*way));
    shared_->rsa_keys.clear();
    for (const std::string& pem : settings_.servers.rsa_public_keys) {
        const result<crypto::rsa_public_key> key = crypto::rsa_public_key::from_pem(pem);
        if (!key) return failure(errc::bad_argument, "the cluster's RSA key is no PEM of 2048 bits");
        shared_->rsa_keys.push_back(*key);
    }
    if (shared_->rsa_keys.empty()) return failure(errc::bad_argument, "the cluster has no RSA key");

    return session_.load(settings_.session, cluster_name(settings_.servers), settings_.servers.home_dc);
}

io::awaitable<outcome<void>> engine::connect() {
    const auto self = shared_from_this();
    if (closed_) co_return errc::connection_closed;
    if (!connected_) {
        if (outcome<void> loaded = load(); !loaded) co_return loaded;
        connected_ = true;
    }
    co_return co_await refresh_config();
}

io::awaitable<outcome<void>> engine::refresh_config() {
    while (refreshing_) {
        const int fetched_before = configs_fetched_;
        if (!co_await refreshed_.wait()) co_return errc::cancelled;
        if (configs_fetched_ != fetched_before) co_return outcome<void>{};
    }
    struct on_exit {
        engine& of;
        ~on_exit() {
            of.refreshing_ = false;
            of.refreshed_.notify();
        }
    };
    refreshing_ = true;
    const on_exit guard{*this};
    config_asked_ = shared_->now();
    outcome<void> fetched = co_await fetch_config();
    if (!fetched && config_due_) config_due_ = shared_->now() + config_retry;
    co_return fetched;
}

io::awaitable<void> engine::refresh_if_due() {
    if (!config_due_ || *config_due_ > shared_->now() || refreshing_) co_return;
    // A stale configuration is better than none: the request itself will show.
    const outcome<void> fetched = co_await refresh_config();
    if (!fetched) shared_->log(log_level::warning, "no fresh configuration: " + fetched.error().message());
}

void engine::addresses_are_wrong() {
    // Not for each line that meets with it, nor for ever when the fresh ones are wrong, too.
    if (closed_ || refreshing_ || (config_asked_ && shared_->now() < *config_asked_ + config_retry)) return;
    config_due_ = shared_->now();
    io::asio::co_spawn(
        shared_->where.executor,
        [](std::shared_ptr<engine> self) -> io::awaitable<void> {
            co_await self->refresh_if_due();
        }(shared_from_this()),
        io::asio::detached);
}

io::awaitable<outcome<void>> engine::fetch_config() {
    const tl::help::getConfig request{};
    const std::string method(tl::help::getConfig::tl_name);
    const bytes encoded = tl::encode(request);
    const outcome<bytes> answer = co_await call_at(0, encoded, method, true);
    if (!answer) co_return answer.error();
    const result<tl::config> told = tl::decode<tl::config>(*answer);
    if (!told) co_return undecodable(told.error(), method);

    std::vector<told_address> addresses;
    std::vector<told_address> cdn_addresses;
    for (const tl::dcOption& each : told->dc_options) {
        // Addresses with a secret of their own are others' business.
        if (each.secret || each.port <= 0 || each.port > 0xffff) continue;
        if (each.tcpo_only && !settings_.obfuscated) continue;
        told_address& address = (each.cdn ? cdn_addresses : addresses).emplace_back();
        address.dc = each.id;
        address.where.host = each.ip_address;
        address.where.port = static_cast<std::uint16_t>(each.port);
        address.ipv6 = each.ipv6;
        address.media_only = each.media_only;
        address.this_port_only = each.this_port_only;
    }
    table_.update(addresses);
    cdn_table_.update(cdn_addresses);
    for (const auto& [dc, at] : cdns_)
        for (const auto& [index, line] : at->connections)
            line->set_addresses(cdn_table_.addresses(dc));
    for (const auto& [dc, at] : centres_) {
        if (at->main) at->main->set_addresses(table_.addresses(dc));
        const auto media = media_addresses(*at);
        for (const auto& [index, line] : at->for_files)
            line->set_addresses(media.empty() ? table_.addresses(dc) : media);
    }
    ++configs_fetched_;
    tmp_sessions_ = std::max(told->tmp_sessions.value_or(1), 1);
    const std::chrono::seconds good_for(told->expires - std::int64_t{told->date});
    config_due_ = shared_->now() + std::clamp(good_for, config_at_least, config_at_most);
    co_return outcome<void>{};
}

void engine::keep_key(int dc, bool made) {
    const net::key_slot& slot = *centre_of(dc).key;
    if (!slot.key()) return;
    const auto& salts = slot.salts().known();
    const std::int64_t salt = salts.empty() ? 0 : salts.front().value;
    if (made)
        session_.key_made(dc, *slot.key(), salt);
    else
        session_.salt_changed(dc, *slot.key(), salt);
}

}  // namespace mtproto::core
