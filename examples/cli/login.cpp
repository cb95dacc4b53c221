// mtpipe login: a user by phone number, or a bot by its token.
#include "command.hpp"
#include "progress_bar.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <mtproto/client.hpp>

#include <fmt/core.h>

#include <cstdio>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

/// Asks on a terminal as often as it takes; takes each piped answer once.
class questions final : public mtproto::login_ui {
  public:
    questions(line_input& input, const login_arguments& given) : input_(input), given_(given) {}

    asio::awaitable<std::optional<std::string>> phone_number() override {
        if (given_.phone && asked_phone_) co_return std::nullopt;  // it was refused
        asked_phone_ = true;
        if (given_.phone) co_return given_.phone;
        co_return co_await answer("Phone number, as +4912345678", true, phone_left_);
    }

    asio::awaitable<std::optional<std::string>> code(const mtproto::code_info& about) override {
        co_return co_await answer(fmt::format("Login code ({})", printable(describe(about))), true,
                                  code_left_);
    }

    asio::awaitable<std::optional<std::string>> password(const std::string& hint) override {
        std::string question = "Two-step verification password";
        if (!hint.empty()) question += fmt::format(" (hint: {})", printable(hint));
        auto given = co_await answer(std::move(question), false, password_left_);
        if (!given && !refused_)
            wrong_ =
                "this account has a two-step verification password; pass it with --password -, after the "
                "code";
        co_return given;
    }

    void wrong(const std::string& what) override {
        refused_ = true;
        if (line_input::is_terminal())
            std::fprintf(stderr, "%s\n", printable(what).c_str());
        else
            wrong_ = what + "; run `mtpipe login` again";
    }

    /// Why the questions came to no end; empty when they did.
    const std::string& gave_up() const noexcept { return wrong_; }

  private:
    asio::awaitable<std::optional<std::string>> answer(std::string question, bool echo, bool& piped_left) {
        if (!line_input::is_terminal()) {
            if (!std::exchange(piped_left, false)) co_return std::nullopt;
            auto piped = co_await input_.line();
            if (!piped && wrong_.empty())
                wrong_ = fmt::format("standard input ends where an answer is needed: {}", question);
            co_return piped;
        }
        co_return co_await input_.ask(std::move(question), echo);
    }

    line_input& input_;
    const login_arguments& given_;
    std::string wrong_;
    bool asked_phone_ = false;
    bool refused_ = false;                                              // the answer before
    bool phone_left_ = true, code_left_ = true, password_left_ = true;  // on standard input, when piped
};

/// A session to log in with, over one that is logged in perhaps. That stays as it is until the new login
/// takes its place, under the same keys: the server ends the old one then.
class session_without_login final : public mtproto::session_store {
  public:
    explicit session_without_login(std::shared_ptr<mtproto::session_store> store)
        : store_(std::move(store)) {}

    void select(std::string_view cluster) override { store_->select(cluster); }
    mtproto::outcome<std::optional<mtproto::stored_session>> load() override {
        auto stored = store_->load();
        if (!stored || !*stored) return stored;
        (*stored)->user_id = 0;
        for (auto& [number, dc] : (*stored)->dcs)
            dc.authorized = false;
        return stored;
    }
    mtproto::outcome<void> update(const mtproto::session_edit& edit) override { return store_->update(edit); }

  private:
    std::shared_ptr<mtproto::session_store> store_;
};

}  // namespace

asio::awaitable<void> login(asio::any_io_executor executor, arguments all) {
    const auto& given = std::get<login_arguments>(all.command);
    line_input input(executor);
    if (!given.bot && !given.phone && !line_input::is_terminal())
        throw command_error{exit_code::usage, "say who logs in: --bot - or --phone NUMBER"};

    mtproto::config settings = co_await client_config(executor, all.connection);
    settings.session = std::make_shared<session_without_login>(std::move(settings.session));
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
        questions ui(input, given);
        try {
            who = co_await tg.login(ui);
        } catch (const mtproto::error& failed) {
            const bool gave_up = failed.code() == mtproto::errc::cancelled ||
                                 failed.code() == mtproto::errc::password_needed ||
                                 failed.info().is("PASSWORD_HASH_INVALID");
            if (gave_up && !ui.gave_up().empty()) throw command_error{exit_code::not_logged_in, ui.gave_up()};
            throw;
        }
    }
    const std::string name = who.name.empty() ? fmt::format("user {}", who.user_id) : who.name;
    const std::string username = who.username.empty() ? "" : fmt::format(" (@{})", who.username);
    fmt::print("logged in as {}\n", printable(name + username));
}

}  // namespace mtpipe
