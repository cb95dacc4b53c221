// The options of `mtpipe localdc`.
#include "options.hpp"

namespace mtpipe {
namespace {

/// "film.bin=8GiB"
std::pair<std::string, std::int64_t> name_and_size(const std::string& given) {
    const std::size_t sign = given.rfind('=');
    if (sign != 0 && sign != std::string::npos)
        if (const auto bytes = read_size(std::string_view(given).substr(sign + 1)))
            return {given.substr(0, sign), *bytes};
    throw CLI::ValidationError("--generated", given + " is no NAME=SIZE");
}

}  // namespace

void add_localdc(CLI::App& app, localdc_arguments& to) {
    auto* folder =
        app.add_option("DIR", to.folder, "Every file in it becomes a message of t.me/demo, from 2, by name")
            ->check(not_empty);
    // CLI11 would take NAME and SIZE for two arguments if it read the pair itself.
    app.add_option_function<std::vector<std::string>>(
           "--generated",
           [&to](const std::vector<std::string>& given) {
               for (const std::string& each : given)
                   to.generated.push_back(name_and_size(each));
           },
           "A file that takes no room, with bytes that nobody chose, after those of DIR; may be repeated")
        ->type_name("NAME=SIZE");
    app.callback([folder, &to] {
        if (folder->empty() && to.generated.empty() && to.text.empty()) throw CLI::RequiredError("DIR");
    });
    app.add_option("--info", to.info, "Write what clients have to know to this file, once all listens");
    app.add_option("--host", to.host, "The address to listen on, IPv4 or IPv6")->capture_default_str();
    add_number<std::uint16_t>(app, "--port", to.port, {0}, "The first of a run of ports; 0: any free ones");
    add_number(app, "--dcs", to.dcs, {1, 9}, "Data centres");
    app.add_flag("!--no-media-addresses", to.media_addresses, "Data centres have no media-only addresses");
    app.add_option_function<std::string>(
           "--sessions-a-key",
           [&to](const std::string& given) { to.sessions_a_key = read_number<int>(given, {1}); },
           "More sessions than so many on one key lose their login, but at media-only addresses")
        ->check(a_number<int>({1}))
        ->type_name("N");
    add_number(app, "--rtt", to.rtt_ms, {0, 60000}, "Round trip in milliseconds, half each way");
    add_number(app, "--rate", to.rate, {0},
               "Bytes per second for each connection and direction; 0: no limit");
    add_number(app, "--jitter", to.jitter_ms, {0, 60000}, "Milliseconds that a round trip may be longer by");
    add_number(app, "--loss", to.loss, {0, 0.1}, "Probability that a packet of a connection gets lost");
    add_number(app, "--slow-parts", to.slow_parts, {0, 1},
               "Probability that a part of a file takes 2 s or far longer");
    add_number(app, "--account-rate", to.account_rate, {0},
               "Bytes per second of files for each account and data centre; 0: no limit");
    add_number(app, "--flood-rate", to.flood_rate, {0},
               "Bytes per second of files beyond which an account is told to wait; 0: never");
    add_number(app, "--flood-burst", to.flood_burst, {0},
               "Bytes that it may have at once before; 0: what --flood-rate gives in 2 s");
    constexpr bounds<int> flood_wait{1, 86400};
    app.add_option_function<std::vector<std::string>>(
           "--flood-wait",
           [&to, flood_wait](const std::vector<std::string>& given) {
               to.flood_wait = {read_number(given.at(0), flood_wait).value(),
                                read_number(given.at(1), flood_wait).value()};
           },
           "The shortest and the longest of these waits, in seconds")
        ->expected(2)
        ->check(a_number(flood_wait))
        ->type_name("N")
        ->default_str("3 15");
    add_number(app, "--flood-requests", to.flood_requests, {0},
               "Parts of files per second beyond which an account is told to wait; 0: never");
    add_number(
        app, "--flood-window-bytes", to.flood_window_bytes, {0},
        "Bytes of files in each window beyond which an account is told to wait for the next; 0: never");
    add_number(app, "--flood-window", to.flood_window, {1, 86400}, "Seconds of such a window");
    add_number(app, "--most-connections", to.most_connections, {0},
               "Connections of an account that may ask for files; one more is told -429; 0: no limit");
    app.add_option("--password", to.password, "Turn two-step verification on, with this password");
    app.add_option("--recovery-code", to.recovery_code, "The password has an e-mail; this recovers it");
    app.add_option(
           "--codes", to.codes,
           "How login codes come, one way after the other as clients ask for another: app, sms, call, "
           "flash-call, missed-call, email, fragment, firebase, word, phrase, set-up-email, payment")
        ->delimiter(',')
        ->type_name("WAY,...");
    app.add_option("--scanning-phone", to.scanning_phone,
                   "The account of this number accepts the login token of whoever asks for them for 3 s: "
                   "somebody who scans QR codes");
    app.add_option(
        "--proxy-secret", to.proxy_secret,
        "Run an MTProxy, too, with this secret: 16 bytes in hexadecimal, alone, after dd, or after ee "
        "with a domain behind them");
    auto* cdn =
        app.add_flag("--cdn", to.cdn, "Run a CDN, too: clients that allow it take all files from there");
    app.add_flag("--cdn-empty", to.cdn_empty, "It holds no file until it is asked to be given it")
        ->needs(cdn);
    constexpr bounds<int> ids{2};
    app.add_option_function<std::vector<std::string>>(
           "--protect",
           [&to, ids](const std::vector<std::string>& given) {
               for (const std::string& each : given)
                   to.protect.push_back(read_number(each, ids).value());
           },
           "The id of a message that may not be saved; may be repeated")
        ->check(a_number(ids))
        ->type_name("ID");
    app.add_option("--text", to.text, "A message without media, after the files; may be repeated");
    app.add_option("--accounts", to.accounts,
                   "A file of accounts, private channels and floods; read again on SIGUSR1")
        ->check(not_empty)
        ->type_name("FILE");
    app.add_option("--counts", to.counts, "Write what was served, as JSON, to this file, at the end")
        ->check(not_empty)
        ->type_name("FILE");
    app.add_option("--fault", to.faults,
                   "kind[=value]@event[:n[xcount]], as wrong-msg-key@getFile:3; may be repeated");
    app.add_option("--scenario", to.scenario,
                   "A file of faults, one a line, as at 2s on connection 3: freeze for 10s")
        ->type_name("FILE");
    add_number(app, "--seed", to.seed, {0}, "Chooses what the scenario and the limits leave to chance");
}

}  // namespace mtpipe
