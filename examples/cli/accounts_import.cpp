// mtpipe accounts import: logins of other programs, looked at, signed in anew by, or taken over.
#include "accounts.hpp"
#include "command.hpp"
#include "import_source.hpp"
#include "progress_bar.hpp"
#include "session.hpp"
#include "sign_in_anew.hpp"
#include "text.hpp"

#include <mtproto/foreign_session.hpp>
#include <mtproto/verdict.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace mtpipe {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

std::string key_sha256(const mtproto::stored_session& login) {
    const auto& key = login.dcs.at(login.home_dc).auth_key;
    std::array<unsigned char, 32> digest{};
    ::EVP_Digest(key.data(), key.size(), digest.data(), nullptr, ::EVP_sha256(), nullptr);
    std::string made;
    for (const unsigned char each : digest)
        made += fmt::format("{:02x}", each);
    return made;
}

json::object as_json(const mtproto::foreign_account& of) {
    return {{"dc", of.login.home_dc},
            {"test", of.test},
            {"user_id", of.login.user_id == 0 ? json::value() : json::value(of.login.user_id)},
            {"bot", of.bot ? json::value(*of.bot) : json::value()},
            {"key_sha256", key_sha256(of.login)}};
}

void print(const mtproto::foreign_session& found, bool as_one_object) {
    if (as_one_object) {
        json::array all;
        for (const auto& each : found.accounts)
            all.push_back(as_json(each));
        fmt::print("{}\n",
                   json::serialize(json::object{{"format", found.format}, {"accounts", std::move(all)}}));
        return;
    }
    fmt::print("format: {}\n", found.format);
    for (const auto& each : found.accounts) {
        fmt::print(
            "account: {}{} at DC {}{}", each.bot.value_or(false) ? "bot " : "",
            each.login.user_id == 0 ? "of a user that it does not name" : fmt::to_string(each.login.user_id),
            each.login.home_dc, each.test ? " of the test servers" : "");
        fmt::print(", {} keys, {} chats, SHA-256 of the key {}\n", each.login.dcs.size(), each.peers.size(),
                   key_sha256(each.login));
    }
}

/// Why an imported login does not serve, where the reason is its own.
std::string refusal_of(const mtproto::failure& why) {
    if (why.is("AUTH_KEY_DUPLICATED"))
        return "Telegram has ended this login, as it was used at two places at once; log in anew";
    const mtproto::meaning known = mtproto::verdict_of(why).meaning;
    if (known == mtproto::meaning::account_ended) return "Telegram has deleted or banned this account";
    if (known == mtproto::meaning::session_ended || why.code == mtproto::errc::not_authorized)
        return "this login was ended, there or on another device; log in anew";
    return {};
}

/// Imports the accounts of one source, one after the other.
class importer {
  public:
    importer(asio::any_io_executor executor, const arguments& all)
        : executor_(std::move(executor)),
          all_(all),
          given_(std::get<accounts_arguments>(all_.command)),
          servers_(servers_of(all.connection).servers),
          cluster_(mtproto::cluster_name(servers_)) {}

    asio::awaitable<void> take(mtproto::foreign_account& account);
    int taken() const noexcept { return taken_; }

  private:
    asio::awaitable<void> adopt(const connection_arguments& named, mtproto::stored_session& login,
                                const account_note& who);
    asio::awaitable<account_note> ask_who(mtproto::client& old);
    std::string name_for(const account_note& who, const std::string& key) const;
    void check_is_new(const account_note& who, const mtproto::stored_session& login) const;

    asio::any_io_executor executor_;
    arguments all_;
    const accounts_arguments& given_;
    mtproto::cluster servers_;
    std::string cluster_;
    int taken_ = 0;
};

asio::awaitable<account_note> importer::ask_who(mtproto::client& old) {
    try {
        co_await old.connect();
        co_return co_await who_is_signed_in(old);
    } catch (const mtproto::error& why) {
        const std::string words = refusal_of(why.info());
        if (words.empty()) throw;
        const std::string name = why.info().rpc_type.empty() ? "" : " (" + why.info().rpc_type + ")";
        throw command_error{exit_code::not_logged_in, words + printable(name)};
    }
}

void importer::check_is_new(const account_note& who, const mtproto::stored_session& login) const {
    for (const std::string& name : account_names(cluster_)) {
        if (mtproto::session_is_encrypted(session_base(name), cluster_)) {
            if (read_note(account_files(name, cluster_)).user_id != who.user_id) continue;
        } else {
            const auto stored = mtproto::read_session(session_base(name), cluster_, {});
            if (!stored || !*stored || (*stored)->user_id != who.user_id) continue;
            const auto home = (*stored)->dcs.find(login.home_dc);
            if (home != (*stored)->dcs.end() && home->second.auth_key == login.dcs.at(login.home_dc).auth_key)
                throw command_error{exit_code::usage,
                                    fmt::format("the account {} has this very login", name)};
        }
        if (all_.connection.account.empty())
            throw command_error{
                exit_code::usage,
                fmt::format("user {} is here already, as {}; give the second login a name with "
                            "--account",
                            who.user_id, name)};
        fmt::print(stderr,
                   "mtpipe: user {} is here already, as {}: the two are one account for Telegram's waits\n",
                   who.user_id, name);
    }
}

/// The name that was chosen, or the user's own; another one where that is taken.
std::string importer::name_for(const account_note& who, const std::string& chosen) const {
    std::string wanted = chosen;
    if (wanted.empty()) wanted = is_account_name(who.username) ? who.username : "";
    if (wanted.empty() || wanted == default_account) wanted = fmt::format("user-{}", who.user_id);
    if (!account_files(wanted, cluster_).exist()) return wanted;
    if (taken_ == 0 && !chosen.empty())
        throw command_error{exit_code::usage, fmt::format("there is an account {} already", wanted)};
    for (int number = 2;; ++number)
        if (std::string next = fmt::format("{}-{}", wanted, number); !account_files(next, cluster_).exist())
            return next;
}

asio::awaitable<void> importer::adopt(const connection_arguments& named, mtproto::stored_session& login,
                                      const account_note& who) {
    const auto store = co_await open_session(executor_, named, servers_);
    login.user_id = who.user_id;
    login.bot = who.bot.value_or(false);
    store->select(cluster_);
    if (const auto kept = store->save(login); !kept) throw mtproto::error(kept.error());
    if (taken_ == 0)
        std::fputs(
            "mtpipe: warning: the login is at two places now. Do not use it in the other program any more: "
            "Telegram ends a login that is used at two (AUTH_KEY_DUPLICATED)\n",
            stderr);
}

asio::awaitable<void> importer::take(mtproto::foreign_account& account) {
    if (account.test && all_.connection.dc_info.empty())
        throw command_error{exit_code::usage,
                            "it is a login of Telegram's test servers, which mtpipe does not use"};
    const auto memory = mtproto::memory_session();
    memory->select(cluster_);
    if (const auto kept = memory->save(account.login); !kept) throw mtproto::error(kept.error());
    progress_bar bar(executor_, choose_display(false, false));
    connection_arguments nameless = all_.connection;
    nameless.account.clear();
    mtproto::config settings = co_await client_config(executor_, nameless, memory);
    settings.on_wait = waits_shown_by(bar);
    mtproto::client old(executor_, std::move(settings));
    account_note who = co_await ask_who(old);
    check_is_new(who, account.login);
    if (!given_.adopt && who.bot.value_or(false))
        throw command_error{
            exit_code::usage,
            fmt::format("{} is a bot, which signs in by its token alone: `mtpipe login --bot -`, or "
                        "take its login over with --adopt",
                        printable(who.username))};
    const std::string name = name_for(who, all_.connection.account);
    connection_arguments named = all_.connection;
    named.account = name;
    const account_files files(name, cluster_);
    try {
        if (given_.adopt)
            co_await adopt(named, account.login, who);
        else
            co_await sign_in_anew(executor_, named, old);
    } catch (...) {
        files.remove();  // keys without a login
        throw;
    }
    write_note(files, who);
    if (!account.peers.empty()) write_peers(files, account.peers);
    ++taken_;
    const std::string person = who.username.empty() ? who.name : "@" + who.username;
    fmt::print("{}: {}{}\n", name, printable(person), given_.adopt ? ", taken over" : ", signed in anew");
}

/// Overwrites the keys of what was found, when it goes.
struct found_session {
    explicit found_session(mtproto::foreign_session read) : session(std::move(read)) {}
    found_session(const found_session&) = delete;
    found_session& operator=(const found_session&) = delete;
    ~found_session() {
        for (auto& account : session.accounts)
            for (auto& [dc, kept] : account.login.dcs)
                OPENSSL_cleanse(kept.auth_key.data(), kept.auth_key.size());
    }
    mtproto::foreign_session session;
};

}  // namespace

asio::awaitable<void> import_accounts(asio::any_io_executor executor, arguments all) {
    const auto& given = std::get<accounts_arguments>(all.command);
    found_session found(co_await read_source(executor, given));
    if (given.inspect) {
        print(found.session, given.json);
        co_return;
    }
    importer one_by_one(executor, all);
    std::string refusals;
    exit_code code = exit_code::failed;
    for (mtproto::foreign_account& each : found.session.accounts) {
        try {
            co_await one_by_one.take(each);
        } catch (const command_error& why) {
            code = why.code;
            refusals += (refusals.empty() ? "" : "; ") + why.message;
        }
    }
    if (refusals.empty()) co_return;
    // What was taken stays taken.
    throw command_error{one_by_one.taken() > 0 ? exit_code::failed : code, refusals};
}

}  // namespace mtpipe
