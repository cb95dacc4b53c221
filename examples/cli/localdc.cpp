// mtpipe localdc: a data-centre cluster on this machine, until it is told to end.
#include "cluster_file.hpp"
#include "command.hpp"
#include "localdc_accounts.hpp"
#include "read_file.hpp"
#include "signals.hpp"
#include "text.hpp"

#include <mtproto/local_dc.hpp>
#ifdef MTPIPE_WITH_REMUX
#include <mtproto/probe.hpp>
#endif
#ifdef MTPIPE_WITH_WEBSOCKET
#include <mtproto/websocket.hpp>
#endif

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/core.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace mtpipe {
namespace {

constexpr std::size_t largest_scenario = 1 << 20;  // bytes
/// Nobody has to find a phone: the next token comes, and with it the login, soon after.
constexpr std::chrono::seconds scanned_token_life{2};

mtproto::duration milliseconds(double count) {
    return std::chrono::duration_cast<mtproto::duration>(std::chrono::duration<double, std::milli>(count));
}

mtproto::local_dc_limits limits_of(const localdc_arguments& given) {
    mtproto::local_dc_limits made;
    made.jitter = milliseconds(given.jitter_ms);
    made.loss = given.loss;
    made.account_rate = given.account_rate;
    made.flood_rate = given.flood_rate;
    made.flood_burst = given.flood_burst;
    made.flood_shortest = std::chrono::seconds(given.flood_wait.first);
    made.flood_longest = std::chrono::seconds(given.flood_wait.second);
    made.flood_requests = given.flood_requests;
    made.flood_window_bytes = given.flood_window_bytes;
    made.flood_window = std::chrono::seconds(given.flood_window);
    made.slow_parts = given.slow_parts;
    made.most_connections = given.most_connections;
    return made;
}

mtproto::local_code code_by(const std::string& name) {
    using mtproto::local_code;
    static constexpr std::pair<std::string_view, local_code> names[] = {
        {"app", local_code::app},
        {"sms", local_code::sms},
        {"call", local_code::call},
        {"flash-call", local_code::flash_call},
        {"missed-call", local_code::missed_call},
        {"email", local_code::email},
        {"fragment", local_code::fragment},
        {"firebase", local_code::firebase},
        {"word", local_code::word},
        {"phrase", local_code::phrase},
        {"set-up-email", local_code::set_up_email},
        {"payment", local_code::payment},
    };
    for (const auto& [known, way] : names)
        if (known == name) return way;
    throw command_error{exit_code::usage, "--codes: no code comes by " + printable(name)};
}

mtproto::local_dc_sign_in sign_in_of(const localdc_arguments& given) {
    mtproto::local_dc_sign_in made;
    if (!given.codes.empty()) made.codes.clear();
    for (const std::string& each : given.codes)
        made.codes.push_back(code_by(each));
    made.recovery_code = given.recovery_code;
    made.scanning_phone = given.scanning_phone;
    if (!given.scanning_phone.empty()) made.token_life = scanned_token_life;
    return made;
}

mtproto::local_dc_options options_of(const localdc_arguments& given) {
    mtproto::local_dc_options made;
    made.folder = given.folder;
    for (const auto& [name, size] : given.generated)
        made.generated_files.push_back({name, size, made.generated_files.size()});
#ifdef MTPIPE_WITH_REMUX
    made.describe_video = mtproto::probe;
#endif
    made.host = given.host;
    made.port = given.port;
    made.dcs = given.dcs;
    made.media_addresses = given.media_addresses;
    made.sessions_a_key = given.sessions_a_key;
    made.rtt = milliseconds(given.rtt_ms);
    made.rate = given.rate;
    made.limits = limits_of(given);
    made.password = given.password;
    made.sign_in = sign_in_of(given);
    made.proxy_secret = given.proxy_secret;
    made.cdn = given.cdn;
    made.cdn_empty = given.cdn_empty;
    made.protected_messages = {given.protect.begin(), given.protect.end()};
    made.text_messages = given.text;
    made.faults = given.faults;
    if (!given.accounts.empty()) read_accounts(given.accounts, made);
    if (!given.scenario.empty()) made.scenario = read_file(given.scenario, largest_scenario);
    made.scenario_seed = given.seed;
    if (given.verbose) made.log = print_log;
    return made;
}

/// Follows the file of accounts at each SIGUSR1.
class account_changes {
  public:
    account_changes(boost::asio::io_context& context, std::string path, mtproto::local_dc& cluster,
                    mtproto::local_dc_options known)
        : signals_(context), path_(std::move(path)), cluster_(cluster), known_(std::move(known)) {
        if (path_.empty()) return;
        signals_.add(SIGUSR1);
        wait();
    }
    void stop() { signals_.cancel(); }

  private:
    void wait() {
        signals_.async_wait([this](const boost::system::error_code& failed, int) {
            if (failed) return;
            try {
                follow_accounts(path_, cluster_, known_);
                std::fprintf(stderr, "mtpipe: the accounts follow %s\n", printable(path_).c_str());
            } catch (const command_error& refused) {
                std::fprintf(stderr, "mtpipe: %s\n", printable(refused.message).c_str());
            }
            wait();
        });
    }

    boost::asio::signal_set signals_;
    std::string path_;
    mtproto::local_dc& cluster_;
    mtproto::local_dc_options known_;
};

}  // namespace

int serve(const localdc_arguments& given) {
    ignore_signals_of_writes();
    try {
        boost::asio::io_context context(1);
        // Reads and hashes the whole folder. Until then a signal ends the process, as nothing is to be
        // undone.
        mtproto::local_dc_options options = options_of(given);
        std::string certificate;
#ifdef MTPIPE_WITH_WEBSOCKET
        mtproto::websocket_identity identity = mtproto::make_websocket_identity(given.host);
        options.websocket = identity.server;
        certificate = identity.certificate;
#endif
        mtproto::local_dc cluster(context.get_executor(), options);
        cluster.start();
        account_changes changes(context, given.accounts, cluster, std::move(options));
        const interruption interrupted(context, [&] {
            cluster.stop();
            changes.stop();
            context.stop();
        });
        const auto& info = cluster.info();
        for (const std::string& why : info.unreadable)
            std::fprintf(stderr, "mtpipe: not served: %s\n", printable(why).c_str());
        if (!given.info.empty()) write_cluster(given.info, info, certificate);
        for (const auto& each : info.dcs)
            fmt::print("DC {}: {}:{}{}\n", each.id, each.host, each.port,
                       each.media_port != 0 ? fmt::format(", media {}", each.media_port) : "");
        if (info.cdn_port != 0) fmt::print("CDN: {}:{}\n", given.host, info.cdn_port);
        if (info.proxy_port != 0)
            fmt::print("MTProxy: tg://proxy?server={}&port={}&secret={}\n", given.host, info.proxy_port,
                       info.proxy_secret);
        for (const auto& each : info.messages)
            fmt::print("https://t.me/{}/{}: {} ({} bytes, DC {})\n", info.channel, each.id,
                       printable(each.name), each.size, each.dc);
        flush_output();
        context.run();
        if (!given.counts.empty()) write_counts(given.counts, cluster);
        return static_cast<int>(exit_code::ok);
    } catch (const mtproto::error& failed) {
        return fail(code_for(failed.info()), failed.what());  // the advice is that of downloads
    } catch (...) {
        return ended_by(std::current_exception());
    }
}

}  // namespace mtpipe
