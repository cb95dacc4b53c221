// Setting up a cluster's state.
#include "localdc/cluster.hpp"

#include "base/hex.hpp"
#include "localdc/fault_events.hpp"
#include "traffic/scenario.hpp"

#include <algorithm>

namespace mtproto::localdc {
namespace {

constexpr std::int64_t usual_burst = 2;  // seconds at a flood rule's rate

traffic::server_rules rules_of(const local_dc_options& options, const local_dc_limits& from) {
    traffic::server_rules made;
    made.rtt = options.rtt;
    made.jitter = from.jitter;
    made.connection_rate = options.rate;
    made.loss = from.loss;
    made.account_rate = from.account_rate;
    made.most_connections = from.most_connections;
    made.flood.bytes = {from.flood_rate,
                        from.flood_burst > 0 ? from.flood_burst : from.flood_rate * usual_burst};
    made.flood.requests = {from.flood_requests, from.flood_requests * usual_burst};
    made.flood.window = {from.flood_window_bytes, from.flood_window};
    made.flood.shortest = from.flood_shortest;
    made.flood.longest = from.flood_longest;
    made.slow.probability = from.slow_parts;
    return made;
}

// What an account has no limits of its own for: an account with Premium meets with no flood of files.
traffic::server_rules own_rules(const local_dc_options& options, const local_account& of) {
    traffic::server_rules made = rules_of(options, of.limits.value_or(options.limits));
    if (of.premium && !of.limits) made.flood = {};
    return made;
}

channels channels_of(const local_dc_options& options, const catalogue& files) {
    auto made = channels::make(options, files.last_id());
    if (!made) throw error(made.error());
    return std::move(*made);
}

std::vector<traffic::fault> faults_of(const local_dc_options& options) {
    std::vector<traffic::fault> made;
    for (const std::string& spec : options.faults) {
        auto read = traffic::parse_fault(spec);
        if (!read) throw error({errc::bad_argument, "this is not a fault: " + spec});
        if (!can_strike(*read)) throw error({errc::bad_argument, "this fault can never strike: " + spec});
        made.push_back(std::move(*read));
    }
    auto written = traffic::parse_scenario(options.scenario);
    if (!written) throw error({errc::bad_argument, "the scenario, " + written.error().detail});
    for (traffic::fault& each : *written) {
        if (!can_strike(each))
            throw error({errc::bad_argument, "the scenario, line " + std::to_string(each.line) +
                                                 ": this fault can never strike"});
        made.push_back(std::move(each));
    }
    return made;
}

}  // namespace

cluster::cluster(io::environment environment, local_dc_options chosen, server_key rsa, catalogue served,
                 std::optional<server_key> for_cdn)
    : env(std::move(environment)),
      options(std::move(chosen)),
      secret(static_cast<std::int64_t>(env.random->next_u64())),
      dcs(options.dcs, std::move(rsa)),
      files(std::move(served)),
      channels(channels_of(options, files)),
      accounts(options.unregistered_phones),
      transfers(rules_of(options, options.limits)),
      keeping(options),
      message_date(date()) {
    plan_faults();
    if (!options.password.empty()) {
        auto check = password_check::make(options.password, *env.random);
        if (!check) throw error(check.error());
        accounts.password = std::move(*check);
    }
    if (options.cdn && for_cdn) dcs.cdn.emplace(std::move(*for_cdn), secret.value(), options.cdn_empty);
    fill_info();
    add_known_accounts();
}

void cluster::add_known_accounts() {
    for (const local_account& each : options.accounts) {
        const auto added = accounts.add_known(each, *env.random, date());
        if (!added) throw error(added.error());
        const account& known = **added;
        if (each.premium || each.limits) transfers.set_rules(known.id, own_rules(options, each));
        std::string name = known.first_name + (known.last_name.empty() ? "" : " " + known.last_name);
        info.accounts.push_back({known.id, std::move(name), known.phone});
    }
}

void cluster::fill_info() {
    for (const data_centre& each : dcs.general)
        info.dcs.push_back({each.id, options.host, 0, 0});
    info.home_dc = dcs.home;
    info.rsa_public_key = dcs.rsa_key.key.public_key().to_pem();
    info.rsa_public_key_path = dcs.rsa_key.public_path;
    info.channel = options.channel;
    info.unreadable = files.unreadable();
    info.login_code = options.login_code;
    info.password = options.password;
    info.proxy_secret = options.proxy_secret;
    for (const channel& each : channels.all())
        if (each.username.empty()) info.private_channels.push_back({each.id, each.title});
    for (const served_message& each : files.messages())
        if (const served_file* file = each.file)
            info.messages.push_back(
                {each.id, file->name, file->size, file->seed ? std::string() : hex(file->sha256), file->dc});
}

void cluster::plan_faults() {
    faults = traffic::fault_plan(faults_of(options), options.scenario_seed);
    faults.start(env.time->now());
    if (!env.log) return;
    faults.on_strike = [this](const traffic::fault& what, const traffic::connection_facts& on) {
        const std::string line =
            what.line == 0 ? "a fault" : "line " + std::to_string(what.line) + " of the scenario";
        env.log(log_level::info, line + " strikes connection " + std::to_string(on.number) + ", DC " +
                                     std::to_string(on.dc) + (on.media ? ", media" : ""));
    };
}

bool cluster::on_cdn(const served_file& file) const {
    if (!dcs.cdn) return false;
    const auto& chosen = options.cdn_messages;
    return chosen.empty() || std::any_of(chosen.begin(), chosen.end(), [&](int id) {
               const served_message* message = files.message(id);
               return message && message->file == &file;
           });
}

account_traffic& cluster::traffic_of(int dc, std::int64_t user) {
    return transfers.of(dc, user, options.scenario_seed);
}

// The two directions of a connection differ by chance alone.
traffic::path cluster::path_of(std::int64_t connection, int direction) const {
    const std::uint64_t seed = options.scenario_seed + 2 * static_cast<std::uint64_t>(connection);
    return traffic::path(traffic::connection_path(transfers.rules()),
                         seed + static_cast<std::uint64_t>(direction));
}

bool cluster::is_instant() const {
    return traffic::connection_path(transfers.rules()).instant() && transfers.least_account_rate() == 0;
}

bool cluster::may_flood() const {
    return transfers.may_flood() || keeping.waits.any() || faults.watches(traffic::fault_stage::answer);
}

void cluster::forget(const traffic::connection_facts& connection) {
    faults.forget(connection.number);
    transfers.forget(connection.number);
    keeping.forget(connection.number);
}

std::int32_t cluster::date() const {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(env.time->unix_now());
    return static_cast<std::int32_t>(now.count());
}

}  // namespace mtproto::localdc
