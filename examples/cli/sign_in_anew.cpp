// The questions of a login that another session answers.
#include "sign_in_anew.hpp"

#include "command.hpp"
#include "progress_bar.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <mtproto/api.hpp>

#include <fmt/core.h>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

/// Shows each token to the session that is signed in.
class accepted_login final : public mtproto::login_ui {
  public:
    accepted_login(mtproto::client& old, line_input& input) : old_(old), input_(input) {}

    asio::awaitable<mtproto::token_answer> show(const mtproto::login_token& shown) override {
        mtproto::tl::auth::acceptLoginToken request;
        request.token = shown.token;
        co_await old_.call(request);
        co_return mtproto::token_answer::accepted;
    }
    asio::awaitable<std::optional<std::string>> password(const std::string& hint) override {
        if (!line_input::is_terminal()) co_return std::nullopt;
        std::string question = "Two-step verification password";
        if (!hint.empty()) question += fmt::format(" (hint: {})", printable(hint));
        co_return co_await input_.ask(std::move(question), false);
    }
    void wrong(const std::string& why) override { std::fprintf(stderr, "%s\n", printable(why).c_str()); }

    // Nothing is left to be asked for once the token was accepted.
    asio::awaitable<std::optional<std::string>> phone_number() override { co_return std::nullopt; }
    asio::awaitable<std::optional<std::string>> code(const mtproto::code_info&) override {
        co_return std::nullopt;
    }

  private:
    mtproto::client& old_;
    line_input& input_;
};

}  // namespace

asio::awaitable<void> sign_in_anew(asio::any_io_executor executor, connection_arguments from,
                                   mtproto::client& old) {
    mtproto::config settings = co_await client_config(executor, std::move(from));
    progress_bar bar(executor, choose_display(false, false));
    settings.on_wait = waits_shown_by(bar);
    mtproto::client fresh(executor, std::move(settings));
    co_await fresh.connect();
    line_input input(executor);
    accepted_login ui(old, input);
    mtproto::login_options options(mtproto::login_way::token);
    try {
        co_await fresh.login(ui, options);
    } catch (const mtproto::error& failed) {
        if (failed.code() != mtproto::errc::password_needed || line_input::is_terminal()) throw;
        throw command_error{
            exit_code::not_logged_in,
            "the account has a two-step verification password: import it on a terminal, which "
            "asks for that, or say --adopt"};
    }
    co_await fresh.close();
}

}  // namespace mtpipe
