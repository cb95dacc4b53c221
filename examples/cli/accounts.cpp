// mtpipe accounts: which there are, and whether they serve.
#include "accounts.hpp"

#include "command.hpp"
#include "near_miss.hpp"
#include "progress_bar.hpp"
#include "session.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <mtproto/api.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <utility>

namespace mtpipe {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

struct listed_account {
    std::string name;
    account_note note;
    int home_dc = 0;
    bool encrypted = false;
};

std::string cluster_of(const connection_arguments& from) {
    return mtproto::cluster_name(servers_of(from).servers);
}

/// What its files say.
listed_account look_at(const std::string& name, const std::string& cluster) {
    listed_account made;
    made.name = name;
    const account_files files(name, cluster);
    made.note = read_note(files);
    if (mtproto::session_is_encrypted(session_base(name), cluster)) {
        made.encrypted = true;
        return made;
    }
    const auto stored = mtproto::read_session(session_base(name), cluster, {});
    if (!stored) {
        made.note.state = stored.error().detail;
    } else if (*stored) {
        made.home_dc = (*stored)->home_dc;
        made.note.user_id = (*stored)->user_id;
        if (made.note.user_id != 0) made.note.bot = (*stored)->bot;
    }
    return made;
}

json::value or_null(std::int64_t number) {
    return number == 0 ? json::value() : json::value(number);
}

json::value or_null(std::optional<bool> flag) {
    return flag ? json::value(*flag) : json::value();
}

json::value or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(valid_utf8(text));
}

void print_json(const std::vector<listed_account>& all) {
    json::array made;
    for (const listed_account& each : all)
        made.push_back(json::object{{"name", each.name},
                                    {"user_id", or_null(each.note.user_id)},
                                    {"user", or_null(each.note.name)},
                                    {"username", or_null(each.note.username)},
                                    {"bot", or_null(each.note.bot)},
                                    {"premium", or_null(each.note.premium)},
                                    {"home_dc", or_null(each.home_dc)},
                                    {"encrypted", each.encrypted},
                                    {"state", or_null(each.note.state)},
                                    {"last_use", or_null(each.note.last_use)}});
    fmt::print("{}\n", printable_json(json::serialize(json::object{{"accounts", std::move(made)}})));
}

std::string kind_of(const account_note& note) {
    if (!note.bot) return "?";
    if (*note.bot) return "bot";
    return note.premium.value_or(false) ? "premium" : "user";
}

std::string person_of(const account_note& note) {
    if (!note.username.empty()) return "@" + printable(note.username);
    if (!note.name.empty()) return printable(note.name);
    return note.user_id == 0 ? "?" : fmt::to_string(note.user_id);
}

std::string time_of(std::int64_t seconds) {
    if (seconds == 0) return "?";
    const std::time_t given = seconds;
    std::tm parts{};
    std::array<char, 32> text{};
    ::localtime_r(&given, &parts);
    std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &parts);
    return text.data();
}

void print_table(const std::vector<listed_account>& all) {
    using row = std::array<std::string, 6>;
    std::vector<row> rows{{"NAME", "USER", "KIND", "DC", "LAST USE", "STATE"}};
    for (const listed_account& each : all) {
        std::string state = each.note.state.empty() ? "not checked" : printable(each.note.state);
        if (each.encrypted) state += ", encrypted";
        rows.push_back({each.name, person_of(each.note), kind_of(each.note),
                        each.home_dc == 0 ? "?" : fmt::to_string(each.home_dc), time_of(each.note.last_use),
                        state});
    }
    std::array<int, 6> widths{};
    for (const row& each : rows)
        for (std::size_t i = 0; i < each.size(); ++i)
            widths[i] = std::max(widths[i], columns_of(each[i]));
    for (const row& each : rows) {
        std::string line;
        for (std::size_t i = 0; i + 1 < each.size(); ++i)
            line += each[i] + std::string(static_cast<std::size_t>(widths[i] - columns_of(each[i]) + 2), ' ');
        fmt::print("{}{}\n", line, each.back());
    }
}

void list(const connection_arguments& from, bool as_json) {
    const std::string cluster = cluster_of(from);
    std::vector<listed_account> all;
    for (const std::string& name : account_names(cluster))
        all.push_back(look_at(name, cluster));
    if (as_json) {
        print_json(all);
    } else if (all.empty()) {
        std::fputs("there is no account; `mtpipe login` or `mtpipe accounts import` makes one\n", stderr);
    } else {
        print_table(all);
    }
}

/// Throws command_error when there is none.
account_files known_account(const std::string& name, const std::string& cluster) {
    account_files made(name, cluster);
    if (made.exist()) return made;
    const std::string near = near_miss(name, account_names(cluster));
    throw command_error{exit_code::not_logged_in, fmt::format("there is no account {}{}", name,
                                                              near.empty() ? "; `mtpipe accounts` lists them"
                                                                           : "; did you mean " + near + "?")};
}

void rename(const connection_arguments& from, const std::vector<std::string>& names) {
    const std::string cluster = cluster_of(from);
    const account_files old = known_account(names.at(0), cluster);
    const account_files to(names.at(1), cluster);
    if (to.exist())
        throw command_error{exit_code::usage, fmt::format("there is an account {} already", to.name())};
    old.rename(to);
    fmt::print("{} is {} now\n", old.name(), to.name());
}

asio::awaitable<void> remove(asio::any_io_executor executor, const connection_arguments& from,
                             const accounts_arguments& given) {
    const std::string cluster = cluster_of(from);
    std::vector<account_files> all;
    for (const std::string& name : given.names)
        all.push_back(known_account(name, cluster));
    if (!given.yes) {
        if (!line_input::is_terminal())
            throw command_error{exit_code::usage, "removing a login cannot be undone; say --yes"};
        line_input input(executor);
        const auto answer = co_await input.ask(
            fmt::format("Remove {} from this machine? (yes/no)", fmt::join(given.names, ", ")), true);
        if (answer != "yes" && answer != "y") throw command_error{exit_code::failed, "nothing was removed"};
    }
    for (const account_files& each : all) {
        each.remove();
        fmt::print("removed {}; Telegram keeps the login until it is ended in an official app\n",
                   each.name());
    }
}

/// A client of the account, not connected.
asio::awaitable<mtproto::client> client_of(asio::any_io_executor executor, connection_arguments from,
                                           std::string name, progress_bar& bar) {
    from.account = std::move(name);
    mtproto::config settings = co_await client_config(executor, std::move(from));
    settings.on_wait = waits_shown_by(bar);
    co_return mtproto::client(executor, std::move(settings));
}

asio::awaitable<void> check(asio::any_io_executor executor, const connection_arguments& from,
                            const accounts_arguments& given) {
    const std::string cluster = cluster_of(from);
    const std::vector<std::string> names = given.names.empty() ? account_names(cluster) : given.names;
    std::vector<listed_account> all;
    std::size_t failed = 0;
    for (const std::string& name : names) {
        const account_files files = known_account(name, cluster);
        account_note note = read_note(files);
        progress_bar bar(executor, choose_display(false, false));
        try {
            mtproto::client tg = co_await client_of(executor, from, name, bar);
            co_await tg.connect();
            account_note found = co_await who_is_signed_in(tg);
            found.last_use = note.last_use;
            note = std::move(found);
        } catch (const mtproto::error& why) {
            if (why.code() == mtproto::errc::cancelled) throw;
            note.state = explain(why.info());
            ++failed;
        }
        write_note(files, note);
        all.push_back(look_at(name, cluster));
        all.back().note.state = note.state;
    }
    if (given.json)
        print_json(all);
    else
        print_table(all);
    if (failed > 0)
        throw command_error{exit_code::failed,
                            fmt::format("{} of {} accounts do not serve", failed, names.size())};
}

}  // namespace

asio::awaitable<account_note> who_is_signed_in(mtproto::client& tg) {
    mtproto::tl::users::getUsers request;
    request.id.emplace_back(mtproto::tl::inputUserSelf());
    const auto answer = co_await tg.call(request);
    const auto* user = answer.empty() ? nullptr : answer.front().as<mtproto::tl::user>();
    if (user == nullptr)
        throw mtproto::error(
            mtproto::failure(mtproto::errc::malformed, "the server did not say who is signed in"));
    account_note made;
    made.user_id = user->id;
    made.name = user->first_name.value_or("");
    if (user->last_name && !user->last_name->empty())
        made.name += (made.name.empty() ? "" : " ") + *user->last_name;
    made.username = user->username.value_or("");
    made.bot = user->bot;
    made.premium = user->premium;
    made.state = "ok";
    co_return made;
}

void note_login(const connection_arguments& from, const mtproto::account& who) {
    const account_files files(from.account, cluster_of(from));
    account_note note = read_note(files);
    std::error_code failed;
    // The hashes of one user open nothing for another.
    if (note.user_id != who.user_id) std::filesystem::remove(files.peers(), failed);
    if (from.account.empty() && note.user_id == 0) return;
    note = {};
    note.user_id = who.user_id;
    note.name = who.name;
    note.username = who.username;
    note.bot = who.bot;
    note.state = "ok";
    write_note(files, note);
}

void require_account(const connection_arguments& from) {
    if (!from.account.empty()) known_account(from.account, cluster_of(from));
}

asio::awaitable<void> accounts(asio::any_io_executor executor, arguments all) {
    using verb = accounts_arguments::verb;
    const auto& given = std::get<accounts_arguments>(all.command);
    switch (given.action) {
        case verb::list:
            list(all.connection, given.json);
            break;
        case verb::rename:
            rename(all.connection, given.names);
            break;
        case verb::remove:
            co_await remove(executor, all.connection, given);
            break;
        case verb::check:
            co_await check(executor, all.connection, given);
            break;
#ifdef MTPIPE_WITH_FOREIGN
        case verb::take:
            co_await import_accounts(executor, all);
            break;
        case verb::give:
            co_await export_account(executor, all);
            break;
#else
        case verb::take:
        case verb::give:
            break;  // there is no such command
#endif
    }
}

}  // namespace mtpipe
