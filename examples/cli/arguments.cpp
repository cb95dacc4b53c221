// The command line of mtpipe, as far as it is not about `mtpipe localdc`.
#include "arguments.hpp"

#include "duration_text.hpp"
#include "exit_code.hpp"
#include "near_miss.hpp"
#include "options.hpp"
#include "text.hpp"

#include <mtproto/version.hpp>

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

constexpr bounds<std::int32_t> api_ids{1};

/// Options that variables of the environment may stand for.
struct environment_options {
    const CLI::Option* api_id = nullptr;
    const CLI::Option* api_hash = nullptr;
    const CLI::Option* proxy = nullptr;
};

environment_options add_connection(CLI::App& app, connection_arguments& to) {
    app.add_option("--dc-info", to.dc_info, "Use the cluster of `mtpipe localdc --info FILE`")
        ->type_name("FILE");
    environment_options made;
    made.api_id =
        app.add_option("--api-id",
                       "From https://my.telegram.org; MTPROTO_API_ID in the environment is one, too")
            ->check(a_number(api_ids))
            ->expected(1)
            ->type_name("N");
    made.api_hash = app.add_option("--api-hash", "From https://my.telegram.org; or MTPROTO_API_HASH")
                        ->expected(1)
                        ->type_name("HASH");
    made.proxy =
        app.add_option("--proxy",
                       "Go through a proxy: https://t.me/proxy?server=..., https://t.me/socks?server=... or "
                       "socks5://user:password@host:port; or MTPROTO_PROXY")
            ->expected(1)
            ->type_name("LINK");
    app.add_option("--transport", to.transport, "How packets are framed")
        ->check(CLI::IsMember({"abridged", "intermediate", "padded", "full"}))
        ->capture_default_str();
    app.add_flag("--obfuscated", to.obfuscated, "Let connections look like random bytes");
#ifdef MTPIPE_WITH_WEBSOCKET
    app.add_flag("--websocket", to.websocket, "Connect by WebSockets over TLS, as a browser does");
#endif
    app.add_option("--account", to.account, "Of several accounts the one with that name (`mtpipe accounts`)")
        ->check(an_account_name())
        ->type_name("NAME");
    app.add_option(
           "--passphrase-file", to.passphrase_file,
           "Its first line is the session's passphrase; MTPIPE_PASSPHRASE in the environment is one, too")
        ->type_name("FILE");
    app.add_flag("!--no-forward-secrecy", to.forward_secrecy,
                 "Use the session's permanent keys themselves, without temporary ones");
    app.add_option_function<std::string>(
           "--max-wait", [&to](const std::string& given) { to.max_wait = parse_duration(given).value(); },
           "The longest pause that is waited out when Telegram asks for one: seconds, or 10m, 2h, 1d; a "
           "longer one ends the command")
        ->check(a_duration)
        ->type_name("DURATION")
        ->default_str("1h");
    app.add_flag("--verbose,-v", to.verbose, "Say on standard error what the library does");
    return made;
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
    auto* qr = app.add_flag("--qr", to.qr,
                            "Log in a user by a QR code or a link to accept in Telegram; on a terminal, that "
                            "is what is done without --phone and --bot");
    qr->excludes(bot)->excludes(phone);
    app.add_option("--qr-png", to.qr_png, "Write the QR code to this file, too, for as long as it is good")
        ->excludes(bot)
        ->excludes(phone)
        ->type_name("FILE");
    app.add_flag_callback(
        "--passkey",
        [] {
            throw CLI::ValidationError(
                "--passkey",
                "Telegram takes passkeys from its own apps alone: log in by QR code or "
                "by --phone");
        },
        "Is not possible: Telegram takes passkeys from its own apps alone");
}

void add_get(CLI::App& app, get_arguments& to) {
    app.add_option("LINK", to.link, "Of a message, as https://t.me/channel/123")->required();
    app.add_option("-o,--output", to.out,
                   "A file, a folder (the file keeps its own name), or - for standard output")
        ->capture_default_str();
    auto* container =
        app.add_option(
               "--container", to.container,
               "Change the container to mp4, mov, mkv or webm, the streams copied; for standard output "
               "mp4 and mov are fragmented")
            ->check(CLI::IsMember({"mp4", "mov", "mkv", "webm"}))
            ->type_name("NAME");
    app.add_flag_callback(
           "--mp4", [&to] { to.container = "mp4"; }, "The same as --container mp4")
        ->excludes(container);
    app.add_flag("--keep-going", to.keep_going,
                 "With a changed container: a film that ends in the middle or has holes is no error");
    auto* quiet = app.add_flag("--quiet,-q", to.quiet, "No progress bar, and no word of waits");
    app.add_flag("--progress", to.progress, "Show progress even where standard error is no terminal")
        ->excludes(quiet);
    app.add_flag("--stats", to.stats, "Print time, CPU time and peak memory at the end");
    app.add_flag("--fresh", to.fresh, "Begin anew, even where a part of an earlier download could go on");
    app.add_flag("--force", to.force,
                 "Replace a file that has the message's own name already, as -o FILE does anyway");
    add_number(app, "--connections", to.connections, {1, 16}, "The most for the file's data");
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
    constexpr std::int64_t least_budget = std::int64_t{1} << 20, most_budget = std::int64_t{16} << 30;
    app.add_option_function<std::string>(
           "--budget",
           [&to](const std::string& given) {
               const auto bytes = read_size(given);
               if (!bytes || *bytes < least_budget || *bytes > most_budget)
                   throw CLI::ValidationError("--budget", wrong_value("1M to 16G", given));
               to.budget = *bytes;
           },
           "Bytes in flight or waiting to be written; K, M and G are understood")
        ->type_name("SIZE")
        ->default_str("32M");
}

/// The rules of all options with a value. An empty one is a mistake, as an unset variable makes it. A value
/// is one word, so the next word is no second one.
void apply_value_rules(CLI::App& app) {
    for (CLI::Option* each : app.get_options()) {
        if (each->get_items_expected_max() == 0 || !each->nonpositional()) continue;  // a flag, an argument
        each->transform(not_empty);
        each->allow_extra_args(false);
    }
}

/// CLI11 takes the word behind "--option=" for its value.
const std::string* find_empty_assignment(const std::vector<std::string>& words) {
    for (const std::string& each : words) {
        if (each == "--") break;
        if (each.starts_with("--") && each.find('=') == each.size() - 1) return &each;
    }
    return nullptr;
}

/// The words of the command line. `mtpipe help get` is `mtpipe get --help`.
std::vector<std::string> words_of(int argc, char** argv) {
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    if (!words.empty() && words.front() == "help") {
        words.erase(words.begin());
        words.emplace_back("--help");
    }
    return words;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
    const std::string near = near_miss(word, known);
    return near.empty() ? "" : "; did you mean " + near + "?";
}

/// Names the command or option that is none where CLI11 would list all words that are left over.
std::string describe_error(const CLI::App& app, const CLI::ParseError& wrong) {
    const auto used = app.get_subcommands();
    const std::vector<std::string> left = app.remaining(true);
    std::vector<std::string> commands, options;
    for (const CLI::App* each : app.get_subcommands({}))
        commands.push_back(each->get_name());
    if (left.empty() && used.empty() && wrong.get_name() == "RequiredError")
        return fmt::format("say what to do: {}", fmt::join(commands, ", "));
    if (left.empty()) return wrong.what();
    std::vector<const CLI::App*> known{&app};
    for (std::vector<CLI::App*> inner = used; !inner.empty(); inner = inner.front()->get_subcommands())
        known.push_back(inner.front());
    for (const CLI::App* each : known)
        for (const CLI::Option* option : each->get_options())
            for (const std::string& name : option->get_lnames())
                options.push_back("--" + name);
    const auto strange =
        std::find_if(left.begin(), left.end(), [](const auto& each) { return each[0] == '-'; });
    if (strange != left.end()) {
        const std::string name = strange->substr(0, strange->find('='));
        return fmt::format("there is no option {}{}", name, suggestion(name, options));
    }
    if (!used.empty() && (known.size() > 2 || used.front()->get_subcommands({}).empty())) return wrong.what();
    if (!used.empty()) {
        commands.clear();
        for (const CLI::App* each : used.front()->get_subcommands({}))
            commands.push_back(each->get_name());
    }
    return fmt::format("there is no command {}{}", left.front(), suggestion(left.front(), commands));
}

/// The option's value, or else the variable's; empty: neither is given. `origin` names the one it is of.
std::string option_or_variable(const CLI::Option& option, const char* variable, std::string& origin) {
    origin = option.get_name();
    if (option.count() > 0) return option.results().front();
    const char* set = std::getenv(variable);
    if (set == nullptr || *set == '\0') return {};
    origin = variable;
    return set;
}

/// Takes the options and variables into `to`; gives the error, if there is one.
std::string read_environment(const environment_options& options, connection_arguments& to) {
    std::string origin;
    if (const std::string given = option_or_variable(*options.api_id, "MTPROTO_API_ID", origin);
        !given.empty()) {
        const auto read = read_number(given, api_ids);
        if (!read) return origin + " " + wrong_value(describe(api_ids), given);
        to.api_id = *read;
    }
    to.api_hash = option_or_variable(*options.api_hash, "MTPROTO_API_HASH", origin);
    to.proxy = option_or_variable(*options.proxy, "MTPROTO_PROXY", to.proxy_origin);
    return {};
}

bool asks_servers(const accounts_arguments& given) {
    using verb = accounts_arguments::verb;
    return given.action == verb::check || (given.action == verb::take && !given.inspect);
}

int refuse(const std::string& what, const CLI::App& app) {
    std::string command = "mtpipe";
    for (const auto* used : app.get_subcommands()) {
        command += " " + used->get_name();
        for (const auto* verb : used->get_subcommands())
            command += " " + verb->get_name();
    }
    std::fprintf(stderr, "mtpipe: %s; see `%s --help`\n", printable(what).c_str(), command.c_str());
    return static_cast<int>(exit_code::usage);
}

}  // namespace

std::variant<arguments, help_text, int> parse_arguments(int argc, char** argv) {
    CLI::App app("Streams Telegram media over MTProto.", "mtpipe");
    app.require_subcommand(1);
    app.fallthrough();
    app.set_help_all_flag("--help-all", "Print the help of every command");
    app.set_version_flag(
        "--version",
        fmt::format("mtpipe {}.{}.{}", MTPROTO_VERSION_MAJOR, MTPROTO_VERSION_MINOR, MTPROTO_VERSION_PATCH),
        "Print the version");

    connection_arguments connection;
    const environment_options from_environment = add_connection(app, connection);
    login_arguments login;
    info_arguments info;
    get_arguments get;
    accounts_arguments accounts;
    localdc_arguments localdc;
    auto* login_app = app.add_subcommand("login", "Log in, and keep the session");
    add_login(*login_app, login);
    logout_arguments logout;
    auto* logout_app = app.add_subcommand("logout", "End the login on the server, and remove the session");
    logout_app->add_flag("--forget", logout.forget,
                         "Remove the session also where the server cannot be told: the login stays there, "
                         "and is to be ended in Telegram (Settings > Devices)");
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
    new_file->type_name("FILE");
    passphrase_app->add_flag("--remove", passphrase.remove, "Leave the session without a passphrase")
        ->excludes(new_file);
    auto* accounts_app = app.add_subcommand(
        "accounts", "List accounts, rename, remove and check them, take them over from other programs");
    add_accounts(*accounts_app, accounts);
#ifdef MTPIPE_WITH_LOCALDC
    auto* localdc_app =
        app.add_subcommand("localdc", "Serve a folder from a data-centre cluster on this machine");
    add_localdc(*localdc_app, localdc);
#endif

    apply_value_rules(app);
    for (CLI::App* each : app.get_subcommands({})) {
        apply_value_rules(*each);
        for (CLI::App* verb : each->get_subcommands({}))
            apply_value_rules(*verb);
    }

    std::vector<std::string> words = words_of(argc, argv);
    try {
        if (const std::string* empty = find_empty_assignment(words)) return refuse(*empty + " is empty", app);
        std::reverse(words.begin(), words.end());  // CLI11 takes them from the end
        app.parse(words);
    } catch (const CLI::CallForHelp&) {
        return help_text{app.help()};
    } catch (const CLI::CallForAllHelp&) {
        return help_text{app.help("", CLI::AppFormatMode::All)};
    } catch (const CLI::CallForVersion& version) {
        return help_text{version.what() + std::string("\n")};
    } catch (const CLI::ParseError& wrong) {
        return refuse(describe_error(app, wrong), app);
    }

#ifdef MTPIPE_WITH_LOCALDC
    if (localdc_app->parsed()) {
        localdc.verbose = connection.verbose;
        return arguments{connection, localdc};
    }
#endif
    if (passphrase_app->parsed()) return arguments{connection, passphrase};
    if (accounts_app->parsed() && !asks_servers(accounts)) return arguments{connection, accounts};
    // A variable is read only where its command needs it, so that a wrong one does not disturb the others.
    if (const std::string wrong = read_environment(from_environment, connection); !wrong.empty())
        return refuse(wrong, app);
    if (login_app->parsed()) return arguments{connection, login};
    if (logout_app->parsed()) return arguments{connection, logout};
    if (info_app->parsed()) return arguments{connection, info};
    if (accounts_app->parsed()) return arguments{connection, accounts};
    return arguments{connection, get};
}

}  // namespace mtpipe
