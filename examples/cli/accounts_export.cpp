// mtpipe accounts export: a login as a string, for another machine or another program.
#include "accounts.hpp"
#include "command.hpp"
#include "session.hpp"

#include <mtproto/foreign_session.hpp>
#include <mtproto/private_file.hpp>

#include <fmt/core.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace mtpipe {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

/// Overwritten when it goes.
struct secret_text {
    explicit secret_text(std::string given) : text(std::move(given)) {}
    secret_text(const secret_text&) = delete;
    secret_text& operator=(const secret_text&) = delete;
    ~secret_text() { OPENSSL_cleanse(text.data(), text.capacity()); }
    std::string text;
};

mtproto::outcome<std::string> string_of(const mtproto::stored_session& login, const mtproto::cluster& servers,
                                        const std::string& format) {
    if (format == "mtproto") return mtproto::session_string(login, servers.test);
    const auto address =
        std::find_if(servers.addresses.begin(), servers.addresses.end(),
                     [&](const auto& each) { return each.dc == login.home_dc && !each.media_only; });
    if (address == servers.addresses.end())
        return mtproto::failure(mtproto::errc::bad_argument,
                                fmt::format("no address of data centre {} is known", login.home_dc));
    return mtproto::telethon_string(login, address->host, address->port);
}

void write_secret(const accounts_arguments& given, const std::string& text) {
    if (given.output == "-") {
        fmt::print("{}\n", text);
        return;
    }
    std::error_code failed;
    if (!given.force && fs::exists(given.output, failed))
        throw command_error{exit_code::usage,
                            given.output + " is there already; name another file, or say --force"};
    secret_text line(text + "\n");
    const auto written = mtproto::replace_file(given.output, mtproto::as_bytes(line.text));
    if (!written) throw mtproto::error(written.error());
}

}  // namespace

asio::awaitable<void> export_account(asio::any_io_executor executor, arguments all) {
    const auto& given = std::get<accounts_arguments>(all.command);
    require_account(all.connection);
    const mtproto::cluster servers = servers_of(all.connection).servers;
    const auto store = co_await open_session(executor, all.connection, servers);
    store->select(mtproto::cluster_name(servers));
    auto stored = store->load();
    if (!stored) throw mtproto::error(stored.error());
    if (!*stored)
        throw command_error{exit_code::not_logged_in, "there is no login to export; run `mtpipe login`"};
    auto text = string_of(**stored, servers, given.format);
    for (auto& [dc, kept] : (*stored)->dcs)
        OPENSSL_cleanse(kept.auth_key.data(), kept.auth_key.size());
    if (!text) throw mtproto::error(text.error());
    const secret_text secret(std::move(*text));
    write_secret(given, secret.text);
    std::fputs(
        "whoever has this string is logged in. Use it at one place at a time: Telegram ends a login that is "
        "used at two (AUTH_KEY_DUPLICATED)\n",
        stderr);
}

}  // namespace mtpipe
