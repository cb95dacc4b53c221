// The questions in words, and their answers from a terminal or a pipe.
#include "login_questions.hpp"

#include "text.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

/// Something that a person may want in place of giving a code, and the letter for it.
struct other_wish {
    char letter;
    mtproto::code_wish wish;
    std::string words;
};

std::vector<other_wish> wishes_about(const mtproto::code_info& about) {
    using mtproto::code_wish;
    const auto* mail = std::get_if<mtproto::code_way::email>(&about.way);
    std::vector<other_wish> made;
    const auto wait = std::chrono::ceil<std::chrono::seconds>(about.next_after).count();
    const std::string when = wait > 0 ? fmt::format(", in {} s", wait) : "";
    if (mail != nullptr && mail->is_new) {
        made.push_back({'a', code_wish::another_code, "another code"});
        made.push_back({'n', code_wish::another_number, "another address"});
        return made;
    }
    if (about.next != mtproto::next_code::none)
        made.push_back({'a', code_wish::another_code, "another code " + describe(about.next) + when});
    made.push_back({'n', code_wish::another_number, "another number"});
    if (mail != nullptr && mail->reset_after)
        made.push_back({'e', code_wish::another_email, "give the e-mail address up"});
    return made;
}

}  // namespace

login_questions::answer login_questions::ask(std::string question, bool echo, bool& piped_left) {
    if (!line_input::is_terminal()) {
        if (!std::exchange(piped_left, false)) co_return std::nullopt;
        auto piped = co_await input_.line();
        if (!piped && reason_.empty())
            reason_ = fmt::format("standard input ends where an answer is needed: {}", question);
        co_return piped;
    }
    co_return co_await input_.ask(std::move(question), echo);
}

login_questions::answer login_questions::phone_number() {
    if (given_.phone && std::exchange(asked_phone_, true)) co_return std::nullopt;  // it was refused
    if (given_.phone) co_return given_.phone;
    co_return co_await ask("Phone number, as +4912345678", true, phone_left_);
}

login_questions::answer login_questions::code(const mtproto::code_info& about) {
    std::string question = fmt::format("Login code ({})", printable(describe(about)));
    if (line_input::is_terminal()) question += "; Enter alone for something else";
    co_return co_await ask(std::move(question), true, code_left_);
}

asio::awaitable<mtproto::code_answer> login_questions::answer_code(const mtproto::code_info& about) {
    for (;;) {
        std::optional<std::string> typed = co_await code(about);
        if (!typed) co_return mtproto::code_answer();
        if (!typed->empty() || !line_input::is_terminal()) co_return mtproto::code_answer(std::move(*typed));
        mtproto::code_answer other = co_await other_wishes(about);
        if (other.wish != mtproto::code_wish::enter) co_return other;
    }
}

asio::awaitable<mtproto::code_answer> login_questions::other_wishes(const mtproto::code_info& about) {
    const std::vector<other_wish> wishes = wishes_about(about);
    std::string question;
    for (const other_wish& each : wishes)
        question += fmt::format("{}: {}; ", each.letter, each.words);
    std::optional<std::string> typed = co_await input_.ask(question + "Enter: back to the code", true);
    if (!typed) co_return mtproto::code_answer();
    for (const other_wish& each : wishes)
        if (*typed == std::string(1, each.letter)) co_return mtproto::code_answer(each.wish);
    co_return mtproto::code_answer(std::string());
}

login_questions::answer login_questions::password(const std::string& hint) {
    std::string question = "Two-step verification password";
    if (!hint.empty()) question += fmt::format(" (hint: {})", printable(hint));
    auto given = co_await ask(std::move(question), false, password_left_);
    if (!given && !refused_)
        reason_ =
            "this account has a two-step verification password; pass it with --password -, after the code";
    co_return given;
}

asio::awaitable<mtproto::password_answer> login_questions::answer_password(
    const mtproto::password_info& about) {
    for (;;) {
        std::optional<std::string> typed = co_await password(about.hint);
        if (!typed) co_return mtproto::password_answer();
        if (!typed->empty() || !line_input::is_terminal())
            co_return mtproto::password_answer(std::move(*typed));
        if (!about.recoverable) {
            std::fputs(
                "This password has no e-mail to be recovered by. An official app can reset it, which "
                "takes seven days.\n",
                stderr);
            continue;
        }
        const std::optional<std::string> wanted = co_await input_.ask(
            "Recover it by e-mail? That turns two-step verification off (y, or Enter for no)", true);
        if (wanted && *wanted == "y") co_return mtproto::password_answer(mtproto::password_wish::recover);
    }
}

login_questions::answer login_questions::recovery_code(const std::string& pattern) {
    if (!line_input::is_terminal()) co_return std::nullopt;
    std::optional<std::string> typed = co_await input_.ask(
        fmt::format("Code sent to {} (Enter alone: back to the password)", printable(pattern)), true);
    if (typed && typed->empty()) typed.reset();
    co_return typed;
}

login_questions::answer login_questions::email() {
    if (!line_input::is_terminal()) co_return std::nullopt;
    co_return co_await input_.ask("This account needs an e-mail address for login codes", true);
}

asio::awaitable<mtproto::token_answer> login_questions::show(const mtproto::login_token& shown) {
    const bool is_terminal = line_input::is_terminal();
    const std::string other = is_terminal ? "; or Enter, for a phone number" : "";
    display_.show(shown, "Scan it in Telegram: Settings > Devices > Link Desktop Device" + other);
    if (!is_terminal) co_return mtproto::token_answer::shown;
    const std::optional<std::string> line = co_await input_.line();
    co_return line ? mtproto::token_answer::declined : mtproto::token_answer::shown;
}

void login_questions::wrong(const std::string& what) {
    refused_ = true;
    if (line_input::is_terminal())
        std::fprintf(stderr, "%s\n", printable(what).c_str());
    else
        reason_ = what + "; run `mtpipe login` again";
}

}  // namespace mtpipe
