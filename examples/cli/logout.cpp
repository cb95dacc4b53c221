// mtpipe logout: ends the login on the server, and removes the session.
#include "command.hpp"
#include "progress_bar.hpp"
#include "text.hpp"

#include <mtproto/client.hpp>

#include <fmt/core.h>

#include <exception>
#include <optional>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

/// The server does not know the login any more: there is nothing to end.
bool is_over(const mtproto::error& failed) {
    return failed.code() == mtproto::errc::not_authorized;
}

/// Why the server was not told; nothing when it was.
asio::awaitable<std::optional<mtproto::failure>> end_login(asio::any_io_executor executor,
                                                           mtproto::config settings) {
    mtproto::client tg(executor, std::move(settings));
    try {
        co_await tg.connect();
        co_await tg.logout();
    } catch (const mtproto::error& failed) {
        const bool not_removed = failed.code() == mtproto::errc::session_file;
        if (not_removed || failed.code() == mtproto::errc::cancelled) throw;
        if (!is_over(failed)) co_return failed.info();
    }
    co_return std::nullopt;
}

mtproto::outcome<bool> has_login(mtproto::session_store& store, const mtproto::cluster& servers) {
    store.select(mtproto::cluster_name(servers));
    const auto stored = store.load();
    if (!stored) return stored.error();
    return stored->has_value();
}

}  // namespace

asio::awaitable<void> logout(asio::any_io_executor executor, arguments all) {
    const auto& given = std::get<logout_arguments>(all.command);
    mtproto::config settings = co_await client_config(executor, all.connection);
    const std::shared_ptr<mtproto::session_store> store = settings.session;
    const mtproto::outcome<bool> found = has_login(*store, settings.servers);
    if (!found) throw mtproto::error(found.error());
    if (!*found) throw command_error{exit_code::not_logged_in, "there is no session: nobody is logged in"};
    progress_bar bar(executor, choose_display(false, false));
    settings.on_wait = waits_shown_by(bar);
    const std::optional<mtproto::failure> why = co_await end_login(executor, std::move(settings));
    if (why && !given.forget)
        throw command_error{exit_code::failed,
                            fmt::format("the server was not told ({}), so the session stays; try again, or "
                                        "remove it anyway with --forget",
                                        printable(why->message()))};
    // Also one that the server did not know any more.
    if (const auto removed = store->remove(); !removed) throw mtproto::error(removed.error());
    if (why)
        fmt::print(
            "the session is removed; end the login in Telegram (Settings > Devices), as the server was "
            "not told: {}\n",
            printable(why->message()));
    else
        fmt::print("logged out\n");
}

}  // namespace mtpipe
