// mtpipe login: a user by QR code or phone number, or a bot by its token.
#include "accounts.hpp"
#include "command.hpp"
#include "login_questions.hpp"
#include "progress_bar.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <mtproto/client.hpp>

#include <fmt/core.h>

#include <memory>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

/// A session to log in with, over one that is logged in perhaps. That stays as it is until the new login
/// takes its place. Under the same keys the server ends the old one then; a login token wants keys that
/// nobody is logged in under.
class session_without_login final : public mtproto::session_store {
  public:
    session_without_login(std::shared_ptr<mtproto::session_store> store, mtproto::login_way way)
        : store_(std::move(store)), way_(way) {}

    void select(std::string_view cluster) override { store_->select(cluster); }
    mtproto::outcome<std::optional<mtproto::stored_session>> load() override {
        auto stored = store_->load();
        if (!stored || !*stored) return stored;
        (*stored)->user_id = 0;
        std::erase_if((*stored)->dcs, [this](const auto& each) {
            return each.second.authorized && way_ == mtproto::login_way::token;
        });
        for (auto& [number, dc] : (*stored)->dcs)
            dc.authorized = false;
        return stored;
    }
    mtproto::outcome<void> update(const mtproto::session_edit& edit) override { return store_->update(edit); }

  private:
    std::shared_ptr<mtproto::session_store> store_;
    mtproto::login_way way_;
};

}  // namespace

asio::awaitable<void> login(asio::any_io_executor executor, arguments all) {
    const auto& given = std::get<login_arguments>(all.command);
    line_input input(executor);
    const bool asks_for_token = given.qr || !given.qr_png.empty();
    if (!given.bot && !given.phone && !asks_for_token && !line_input::is_terminal())
        throw command_error{exit_code::usage,
                            "say who logs in: --bot -, --phone NUMBER, or --qr for links to scan"};

    mtproto::config settings = co_await client_config(executor, all.connection);
    const mtproto::login_way way =
        given.phone || given.bot ? mtproto::login_way::phone : mtproto::login_way::token;
    settings.session = std::make_shared<session_without_login>(std::move(settings.session), way);
    progress_bar bar(executor, choose_display(false, false));
    settings.on_wait = waits_shown_by(bar);
    mtproto::client tg(executor, std::move(settings));
    mtproto::account who;
    if (given.bot) {
        std::optional<std::string> token = co_await input.ask("Bot token", false);
        if (!token || token->empty())
            throw command_error{exit_code::usage, "standard input has no bot token; @BotFather gives one"};
        co_await tg.connect();
        who = co_await tg.login_bot(std::move(*token));
    } else {
        co_await tg.connect();
        login_questions ui(input, given);
        const mtproto::login_options how(way);
        try {
            who = co_await tg.login(ui, how);
        } catch (const mtproto::error& failed) {
            const bool gave_up = failed.code() == mtproto::errc::cancelled ||
                                 failed.code() == mtproto::errc::password_needed ||
                                 failed.info().is("PASSWORD_HASH_INVALID");
            if (gave_up && !ui.gave_up().empty()) throw command_error{exit_code::not_logged_in, ui.gave_up()};
            throw;
        }
    }
    note_login(all.connection, who);
    const std::string name = who.name.empty() ? fmt::format("user {}", who.user_id) : who.name;
    const std::string username = who.username.empty() ? "" : fmt::format(" (@{})", who.username);
    fmt::print("logged in as {}\n", printable(name + username));
}

}  // namespace mtpipe
