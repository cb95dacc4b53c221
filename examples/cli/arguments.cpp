// The command line of mtpipe. The only file that includes CLI11, which costs seconds to compile.
#include "arguments.hpp"

#include "duration_text.hpp"
#include "exit_code.hpp"

#include <CLI/CLI.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace mtpipe {
namespace {

// A secret on the command line can be read by every user of the machine.
const CLI::Validator from_stdin(
    [](const std::string& given) {
        return given == "-" ? std::string()
                            : std::string(
                                  "takes only -, which means standard input: a secret does not "
                                  "belong on a command line");
    },
    "-");

// As an unset variable of a script leaves it.
const CLI::Validator not_empty(
    [](const std::string& given) { return given.empty() ? std::string("is empty") : std::string(); }, "");

// "nan" is a double, and within every range.
const CLI::Validator a_number(
    [](const std::string& given) {
        return std::isnan(std::strtod(given.c_str(), nullptr)) ? "is no number" : std::string();
    },
    "");

const CLI::Validator a_window(
    [](const std::string& given) {
        return parse_window(given) ? std::string() : "there is no window strategy " + given;
    },
    "");

const CLI::Validator a_duration(
    [](const std::string& given) {
        return parse_duration(given) ? std::string() : given + " is no duration as 90, 10m, 2h or 1d";
    },
    "");

/// "film.bin=8GiB"
std::pair<std::string, std::int64_t> name_and_size(const std::string& given) {
    const CLI::ValidationError wrong("--generated", given + " is no NAME=SIZE");
    const std::size_t sign = given.rfind('=');
    if (sign == 0 || sign == std::string::npos) throw wrong;
    std::string size = given.substr(sign + 1);
    std::int64_t bytes = -1;
    try {
        // The validator reads and rewrites the text: "8GiB" becomes the number.
        const std::string refused = CLI::AsSizeValue(false)(size);
        if (!refused.empty() || !CLI::detail::lexical_cast(size, bytes) || bytes < 0) throw wrong;
    } catch (const CLI::ValidationError&) {
        throw wrong;
    }
    return {given.substr(0, sign), bytes};
}

void add_login(CLI::App& app, login_arguments& to) {
    auto* bot =
        app.add_option("--bot", to.bot, "Log in a bot; its token is the first line of standard input");
    bot->check(from_stdin);
    auto* phone = app.add_option("--phone", to.phone, "Log in a user by this phone number");
    app.add_option("--code", to.code, "Read the login code from standard input instead of asking")
        ->check(from_stdin)
        ->needs(phone);
    app.add_option("--password", to.password,
                   "Read the two-step verification password from standard input, after the code")
        ->check(from_stdin)
        ->needs(phone);
    bot->excludes(phone);
}

void add_get(CLI::App& app, get_arguments& to) {
    app.add_option("LINK", to.link, "Of a message, as https://t.me/channel/123")->required();
    app.add_option("-o,--output", to.out,
                   "A file, a folder (the file keeps its own name), or - for standard output")
        ->check(not_empty)
        ->capture_default_str();
    app.add_flag("--mp4", to.mp4,
                 "Change the container to MP4, the streams copied; fragmented on standard output");
    auto* quiet = app.add_flag("--quiet,-q", to.quiet, "No progress bar, and no word of waits");
    app.add_flag("--progress", to.progress, "Show progress even where standard error is no terminal")
        ->excludes(quiet);
    app.add_flag("--stats", to.stats, "Print time, CPU time and peak memory at the end");
    app.add_flag("--fresh", to.fresh, "Begin anew, even where a part of an earlier download could go on");
    app.add_flag("--force", to.force,
                 "Replace a file that has the message's own name already, as -o FILE does anyway");
    app.add_option("--connections", to.connections, "The most for the file's data")
        ->check(CLI::Range(1, 16))
        ->capture_default_str();
    app.add_option_function<std::string>(
           "--window", [&to](const std::string& name) { to.window = parse_window(name).value(); },
           "How parts are asked for: adaptive, bdp, sequential, fixed:N (N parts in all), or sliding:NxC (N "
           "on "
           "each of C connections)")
        ->check(a_window)
        ->type_name("NAME")
        ->default_str("adaptive");
    app.add_option(
           "--verify", to.verify,
           "What is compared with the server's hashes: off (and nothing is taken from a CDN), cdn, or all")
        ->check(CLI::IsMember({"off", "cdn", "all"}))
        ->capture_default_str();
    app.add_option("--budget", to.budget,
                   "Bytes in flight or waiting to be written; K, M and G are understood")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(std::int64_t{1} << 20, std::int64_t{16} << 30))
        ->default_str("32M");
}

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
    app.add_option("--port", to.port, "The first of a run of ports; 0: any free ones")->capture_default_str();
    app.add_option("--dcs", to.dcs, "Data centres")->check(CLI::Range(1, 9))->capture_default_str();
    app.add_flag("!--no-media-addresses", to.media_addresses, "Data centres have no media-only addresses");
    app.add_option("--sessions-a-key", to.sessions_a_key,
                   "More sessions than so many on one key lose their login, but at media-only addresses")
        ->check(CLI::PositiveNumber);
    app.add_option("--rtt", to.rtt_ms, "Round trip in milliseconds, half each way")
        ->check(a_number)
        ->check(CLI::Range(0.0, 60000.0))
        ->capture_default_str();
    app.add_option("--rate", to.rate, "Bytes per second for each connection and direction; 0: no limit")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--jitter", to.jitter_ms, "Milliseconds that a round trip may be longer by")
        ->check(a_number)
        ->check(CLI::Range(0.0, 60000.0))
        ->capture_default_str();
    app.add_option("--loss", to.loss, "Probability that a packet of a connection gets lost")
        ->check(a_number)
        ->check(CLI::Range(0.0, 0.1))
        ->capture_default_str();
    app.add_option("--slow-parts", to.slow_parts, "Probability that a part of a file takes 2 s or far longer")
        ->check(a_number)
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    app.add_option("--account-rate", to.account_rate,
                   "Bytes per second of files for each account and data centre; 0: no limit")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--flood-rate", to.flood_rate,
                   "Bytes per second of files beyond which an account is told to wait; 0: never")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--flood-burst", to.flood_burst,
                   "Bytes that it may have at once before; 0: what --flood-rate gives in 2 s")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--flood-wait", to.flood_wait, "The shortest and the longest of these waits, in seconds")
        ->check(CLI::Range(1, 86400))
        ->capture_default_str();
    app.add_option("--most-connections", to.most_connections,
                   "Connections of an account that may ask for files; one more is told -429; 0: no limit")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--password", to.password, "Turn two-step verification on, with this password");
    app.add_option(
        "--proxy-secret", to.proxy_secret,
        "Run an MTProxy, too, with this secret: 16 bytes in hexadecimal, alone, after dd, or after ee "
        "with a domain behind them");
    auto* cdn =
        app.add_flag("--cdn", to.cdn, "Run a CDN, too: clients that allow it take all files from there");
    app.add_flag("--cdn-empty", to.cdn_empty, "It holds no file until it is asked to be given it")
        ->needs(cdn);
    app.add_option("--protect", to.protect, "The id of a message that may not be saved; may be repeated");
    app.add_option("--text", to.text, "A message without media, after the files; may be repeated");
    app.add_option("--fault", to.faults,
                   "kind[=value]@event[:n[xcount]], as wrong-msg-key@getFile:3; may be repeated");
    app.add_option("--scenario", to.scenario,
                   "A file of faults, one a line, as at 2s on connection 3: freeze for 10s")
        ->type_name("FILE")
        ->check(not_empty);
    // A number without a sign: CLI11 would wrap a negative one around.
    app.add_option("--seed", to.seed, "Chooses what the scenario and the limits leave to chance")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
}

}  // namespace

std::variant<arguments, int> parse_arguments(int argc, char** argv) {
    CLI::App app("Streams Telegram media over MTProto.", "mtpipe");
    app.require_subcommand(1);
    app.fallthrough();
    app.set_help_all_flag("--help-all", "Print the help of every command");

    connection_arguments connection;
    app.add_option("--dc-info", connection.dc_info, "Use the cluster of `mtpipe localdc --info FILE`")
        ->type_name("FILE");
    app.add_option("--api-id", connection.api_id, "From https://my.telegram.org")
        ->check(CLI::PositiveNumber)
        ->envname("MTPROTO_API_ID");
    app.add_option("--api-hash", connection.api_hash, "From https://my.telegram.org")
        ->envname("MTPROTO_API_HASH");
    app.add_option(
           "--proxy", connection.proxy,
           "Go through a proxy: a link as https://t.me/proxy?server=... or https://t.me/socks?server=...")
        ->type_name("LINK")
        ->envname("MTPROTO_PROXY");
    app.add_option("--transport", connection.transport, "How packets are framed")
        ->check(CLI::IsMember({"abridged", "intermediate", "padded", "full"}))
        ->capture_default_str();
    app.add_flag("--obfuscated", connection.obfuscated, "Let connections look like random bytes");
#ifdef MTPIPE_WITH_WEBSOCKET
    app.add_flag("--websocket", connection.websocket, "Connect by WebSockets over TLS, as a browser does");
#endif
    app.add_option(
           "--passphrase-file", connection.passphrase_file,
           "Its first line is the session's passphrase; MTPIPE_PASSPHRASE in the environment is one, too")
        ->check(not_empty)
        ->type_name("FILE");
    app.add_flag("!--no-forward-secrecy", connection.forward_secrecy,
                 "Use the session's permanent keys themselves, without temporary ones");
    app.add_option_function<std::string>(
           "--max-wait",
           [&connection](const std::string& given) { connection.max_wait = parse_duration(given).value(); },
           "The longest pause that is waited out when Telegram asks for one: seconds, or 10m, 2h, 1d; a "
           "longer "
           "one ends the command")
        ->check(a_duration)
        ->type_name("DURATION")
        ->default_str("1h");
    app.add_flag("--verbose,-v", connection.verbose, "Say on standard error what the library does");

    login_arguments login;
    info_arguments info;
    get_arguments get;
    localdc_arguments localdc;
    auto* login_app = app.add_subcommand("login", "Log in, and keep the session");
    add_login(*login_app, login);
    auto* info_app = app.add_subcommand("info", "Tell what a message carries");
    info_app->add_option("LINK", info.link, "Of a message, as https://t.me/channel/123")->required();
    info_app->add_flag("--json", info.json, "As one JSON object");
    auto* get_app = app.add_subcommand("get", "Download what a message carries");
    add_get(*get_app, get);
    passphrase_arguments passphrase;
    auto* passphrase_app =
        app.add_subcommand("passphrase", "Encrypt the session with a passphrase, or with another one");
    auto* new_file = passphrase_app->add_option("--new-passphrase-file", passphrase.new_file,
                                                "Its first line is the new passphrase; without it, asks");
    new_file->check(not_empty)->type_name("FILE");
    passphrase_app->add_flag("--remove", passphrase.remove, "Leave the session without a passphrase")
        ->excludes(new_file);
#ifdef MTPIPE_WITH_LOCALDC
    auto* localdc_app =
        app.add_subcommand("localdc", "Serve a folder from a data-centre cluster on this machine");
    add_localdc(*localdc_app, localdc);
#endif

    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::CallForAllHelp& help) {
        return app.exit(help);
    } catch (const CLI::ParseError& wrong) {
        std::string command = "mtpipe";
        for (const auto* used : app.get_subcommands())
            command += " " + used->get_name();
        std::fprintf(stderr, "mtpipe: %s; see `%s --help`\n", wrong.what(), command.c_str());
        return static_cast<int>(exit_code::usage);
    }

    if (login_app->parsed()) return arguments{connection, login};
    if (info_app->parsed()) return arguments{connection, info};
    if (get_app->parsed()) return arguments{connection, get};
    if (passphrase_app->parsed()) return arguments{connection, passphrase};
    localdc.verbose = connection.verbose;
    return arguments{connection, localdc};
}

}  // namespace mtpipe
