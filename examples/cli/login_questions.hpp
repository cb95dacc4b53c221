// What a person is asked during a login, and may do about it.
#pragma once

#include "arguments.hpp"
#include "terminal.hpp"
#include "token_display.hpp"

#include <mtproto/login.hpp>

#include <optional>
#include <string>

namespace mtpipe {

/// Asks on a terminal as often as it takes; takes each piped answer once.
class login_questions final : public mtproto::login_ui {
  public:
    using answer = boost::asio::awaitable<std::optional<std::string>>;

    login_questions(line_input& input, const login_arguments& given)
        : input_(input), given_(given), display_(given.qr_png) {}

    answer phone_number() override;
    answer code(const mtproto::code_info& about) override;
    answer password(const std::string& hint) override;
    void wrong(const std::string& what) override;
    boost::asio::awaitable<mtproto::code_answer> answer_code(const mtproto::code_info& about) override;
    boost::asio::awaitable<mtproto::password_answer> answer_password(
        const mtproto::password_info& about) override;
    answer recovery_code(const std::string& pattern) override;
    answer email() override;
    boost::asio::awaitable<mtproto::token_answer> show(const mtproto::login_token& shown) override;

    /// Why the questions came to no end; empty when they did.
    const std::string& gave_up() const noexcept { return reason_; }

  private:
    answer ask(std::string question, bool echo, bool& piped_left);
    boost::asio::awaitable<mtproto::code_answer> other_wishes(const mtproto::code_info& about);

    line_input& input_;
    const login_arguments& given_;
    token_display display_;
    std::string reason_;
    bool asked_phone_ = false;
    bool refused_ = false;                                              // the answer before
    bool phone_left_ = true, code_left_ = true, password_left_ = true;  // on standard input, when piped
};

}  // namespace mtpipe
