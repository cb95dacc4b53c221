// Reads lines from standard input without blocking the executor, and switches the terminal's echo.
#include "terminal.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/crypto.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <termios.h>
#include <unistd.h>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

bool echo_is_off = false;
termios with_echo;

class echo_off {
  public:
    echo_off() {
        if (::tcgetattr(STDIN_FILENO, &with_echo) != 0) return;
        termios without = with_echo;
        without.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        echo_is_off = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &without) == 0;
    }
    ~echo_off() {
        if (!echo_is_off) return;
        restore_terminal();
        std::fputc('\n', stderr);  // the one that was typed was not shown
    }
    echo_off(const echo_off&) = delete;
    echo_off& operator=(const echo_off&) = delete;
};

}  // namespace

void restore_terminal() noexcept {
    if (echo_is_off) ::tcsetattr(STDIN_FILENO, TCSANOW, &with_echo);
    echo_is_off = false;
}

line_input::line_input(const asio::any_io_executor& executor) : input_(executor) {
    boost::system::error_code failed;
    input_.assign(::dup(STDIN_FILENO), failed);
    ended_ = failed.failed();
}

bool line_input::is_terminal() {
    return ::isatty(STDIN_FILENO) == 1;
}

asio::awaitable<std::optional<std::string>> line_input::line() {
    for (;;) {
        if (const auto end = read_.find('\n'); end != std::string::npos || (ended_ && !read_.empty())) {
            std::string found = read_.substr(0, end);
            OPENSSL_cleanse(read_.data(), std::min(end, read_.size()));  // it may be a password
            read_.erase(0, end == std::string::npos ? end : end + 1);
            if (!found.empty() && found.back() == '\r') found.pop_back();
            co_return found;
        }
        if (ended_) co_return std::nullopt;

        // The error: a regular file, which cannot be waited for and never blocks.
        boost::system::error_code waited;
        co_await input_.async_wait(asio::posix::stream_descriptor::wait_read,
                                   asio::redirect_error(asio::use_awaitable, waited));
        if (waited == asio::error::operation_aborted) co_return std::nullopt;
        std::array<char, 512> some;
        const auto got = ::read(input_.native_handle(), some.data(), some.size());
        if (got > 0)
            read_.append(some.data(), static_cast<std::size_t>(got));
        else if (got == 0 || (errno != EINTR && errno != EAGAIN))
            ended_ = true;
        OPENSSL_cleanse(some.data(), some.size());
    }
}

asio::awaitable<std::optional<std::string>> line_input::ask(std::string question, bool echo) {
    if (!is_terminal()) co_return co_await line();
    // Echo goes off before the question is there: turning it off throws away what was typed until then.
    std::optional<echo_off> unseen;
    if (!echo) unseen.emplace();
    std::fprintf(stderr, "%s: ", question.c_str());
    co_return co_await line();
}

}  // namespace mtpipe
