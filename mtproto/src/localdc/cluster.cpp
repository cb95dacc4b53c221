// Setting up a cluster's state.
#include "localdc/cluster.hpp"

#include "base/endian.hpp"
#include "base/hex.hpp"
#include "crypto/random_bytes.hpp"
#include "localdc/digest_of.hpp"
#include "localdc/fault_events.hpp"
#include "traffic/scenario.hpp"

#include <algorithm>

namespace mtproto::localdc {
namespace {

constexpr std::size_t srp_salt_size = 32;
constexpr std::size_t file_reference_size = 25;

constexpr std::int64_t usual_burst = 2;  // seconds at a flood rule's rate

traffic::server_rules rules_of(const local_dc_options& options) {
    const local_dc_limits& from = options.limits;
    traffic::server_rules made;
    made.rtt = options.rtt;
    made.jitter = from.jitter;
    made.connection_rate = options.rate;
    made.loss = from.loss;
    made.account_rate = from.account_rate;
    made.most_connections = from.most_connections;
    made.flood.bytes = {from.flood_rate,
                        from.flood_burst > 0 ? from.flood_burst : from.flood_rate * usual_burst};
    made.flood.shortest = from.flood_shortest;
    made.flood.longest = from.flood_longest;
    made.slow.probability = from.slow_parts;
    return made;
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

crypto::srp_group cluster::password_check::group() const {
    return {salt1, salt2, crypto::telegram_dh_g, crypto::telegram_dh_prime()};
}

cluster::cluster(io::environment environment, local_dc_options chosen, server_key rsa, catalogue served,
                 std::optional<server_key> for_cdn)
    : env(std::move(environment)),
      options(std::move(chosen)),
      rsa_key(std::move(rsa)),
      files(std::move(served)),
      people(options.unregistered_phones),
      rules(rules_of(options)),
      home_dc(home_of(options.dcs)) {
    secret = static_cast<std::int64_t>(env.random->next_u64());
    born = date();
    plan_faults();

    if (!options.password.empty()) {
        password_check check;
        check.salt1 = crypto::random_bytes(*env.random, srp_salt_size);
        check.salt2 = crypto::random_bytes(*env.random, srp_salt_size);
        auto verifier = crypto::srp_verifier(check.group(), options.password);
        if (!verifier) throw error({errc::bad_argument, "the password cannot be used"});
        check.verifier = *verifier;
        password = std::move(check);
    }

    for (int id = 1; id <= options.dcs; ++id) {
        dcs.push_back({id, {}});
        info.dcs.push_back({id, options.host, 0, 0});
    }
    if (options.cdn && for_cdn) beside.emplace(std::move(*for_cdn), secret, options.cdn_empty);
    info.home_dc = home_dc;
    info.rsa_public_key = rsa_key.key.public_key().to_pem();
    info.rsa_public_key_path = rsa_key.public_path;
    info.channel = options.channel;
    info.unreadable = files.unreadable();
    info.login_code = options.login_code;
    info.password = options.password;
    info.proxy_secret = options.proxy_secret;
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

std::int64_t cluster::access_hash(std::int64_t user, std::int64_t of) const {
    return load_le<std::int64_t>(digest_of({secret, user, of}).data());
}

bytes cluster::file_reference(std::int64_t document) const {
    const crypto::sha256_digest digest = digest_of({secret, reference_epoch, document});
    return bytes::copy(byte_view(digest).first(file_reference_size));
}

data_centre* cluster::find_dc(int id) {
    if (beside && id == cdn_number) return &beside->dc;
    if (id < 1 || id > static_cast<int>(dcs.size())) return nullptr;
    return &dcs[static_cast<std::size_t>(id - 1)];
}

const crypto::rsa_private_key& cluster::key_of(const data_centre& dc) const {
    return dc.id == cdn_number ? beside->rsa_key.key : rsa_key.key;
}

bool cluster::on_cdn(const served_file& file) const {
    if (!beside) return false;
    const auto& chosen = options.cdn_messages;
    return chosen.empty() || std::any_of(chosen.begin(), chosen.end(), [&](int id) {
               const served_message* message = files.message(id);
               return message && message->file == &file;
           });
}

account_traffic& cluster::traffic_of(int dc, std::int64_t user) {
    const std::pair whose(dc, user);
    auto found = traffic_by_account.find(whose);
    if (found == traffic_by_account.end()) {
        const std::uint64_t seed = options.scenario_seed + traffic_by_account.size();
        found =
            traffic_by_account.emplace(whose, account_traffic{traffic::account_limits(rules, seed)}).first;
    }
    return found->second;
}

bool cluster::may_flood() const noexcept {
    return rules.flood.bytes.rate > 0 || faults.watches(traffic::place::answer);
}

void cluster::forget(const traffic::connection_facts& connection) {
    faults.forget(connection.number);
    for (auto& [whose, account] : traffic_by_account)
        account.connections.erase(connection.number);
}

std::int32_t cluster::date() const {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(env.time->unix_now());
    return static_cast<std::int32_t>(now.count());
}

}  // namespace mtproto::localdc
