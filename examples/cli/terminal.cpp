// Reads lines from standard input without blocking the executor.
#include "terminal.hpp"

#include "exit_code.hpp"
#include "hidden_typing.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/crypto.h>

#include <cerrno>
#include <cstdio>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace mtpipe {
namespace {

namespace asio = boost::asio;

constexpr std::size_t longest_line = 4096;  // bytes, as terminals have it

/// Overwritten when it goes: it may be a password.
struct typed_line {
    typed_line() { text.reserve(longest_line); }
    ~typed_line() { OPENSSL_cleanse(text.data(), text.size()); }
    typed_line(const typed_line&) = delete;
    typed_line& operator=(const typed_line&) = delete;

    std::string text;
};

bool has_something() {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    return ::poll(&input, 1, 0) != 0;
}

}  // namespace

line_input::line_input(const asio::any_io_executor& executor) : ready_(executor) {
    const int ready = ::epoll_create1(EPOLL_CLOEXEC);
    if (ready < 0) return;
    epoll_event nothing{};
    boost::system::error_code failed;
    if (::epoll_ctl(ready, EPOLL_CTL_ADD, STDIN_FILENO, &nothing) == 0) ready_.assign(ready, failed);
    if (!ready_.is_open()) ::close(ready);
}

bool line_input::is_terminal() {
    return ::isatty(STDIN_FILENO) == 1;
}

asio::awaitable<bool> line_input::readable() {
    while (ready_.is_open() && !has_something()) {
        epoll_event once{};
        once.events = EPOLLIN | EPOLLONESHOT;
        ::epoll_ctl(ready_.native_handle(), EPOLL_CTL_MOD, STDIN_FILENO, &once);
        boost::system::error_code failed;
        co_await ready_.async_wait(asio::posix::stream_descriptor::wait_read,
                                   asio::redirect_error(asio::use_awaitable, failed));
        if (failed) co_return false;
    }
    co_return true;
}

asio::awaitable<std::optional<std::string>> line_input::line() {
    typed_line read;
    for (;;) {
        const bool ready = co_await readable();
        if (!ready) co_return std::nullopt;
        // One by one: bytes behind the line are the next reader's.
        char one = 0;
        const auto got = ::read(STDIN_FILENO, &one, 1);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0 && read.text.empty()) co_return std::nullopt;
        if (got <= 0 || one == '\n') break;
        if (read.text.size() == longest_line)
            throw command_error{exit_code::usage, "a line of standard input is longer than any answer"};
        read.text += one;
    }
    std::string found = read.text;
    if (!found.empty() && found.back() == '\r') found.pop_back();
    co_return found;
}

asio::awaitable<std::optional<std::string>> line_input::ask(std::string question, bool echo) {
    if (!is_terminal()) co_return co_await line();
    question += ": ";
    // Echo goes off before the question is there: turning it off throws away what was typed until then.
    std::optional<hidden_typing> unseen;
    if (!echo) unseen.emplace(question);
    std::fputs(question.c_str(), stderr);
    co_return co_await line();
}

}  // namespace mtpipe
