// Lines from standard input: asked for on a terminal (with echo off for secrets), or piped in.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <optional>
#include <string>

namespace mtpipe {

/// Other processes may share standard input and must notice nothing. All of them share whether it blocks, so
/// that stays as it is; and no byte behind the line is read.
class line_input {
  public:
    explicit line_input(const boost::asio::any_io_executor& executor);

    static bool is_terminal();

    /// The next line without its end; nothing at the end of the input. Waits without holding up the executor.
    /// Throws command_error for a line of more than 4096 bytes.
    boost::asio::awaitable<std::optional<std::string>> line();
    /// The same after a question on standard error, when standard input is a terminal. Without `echo` what is
    /// typed stays unseen, also after the process was stopped and goes on; and it is seen again as soon as
    /// the process stops or ends, however it does.
    boost::asio::awaitable<std::optional<std::string>> ask(std::string question, bool echo);

  private:
    boost::asio::awaitable<bool> readable();

    /// An epoll instance that has an event when standard input has something; closed where there is no
    /// waiting for it, as with a regular file.
    boost::asio::posix::stream_descriptor ready_;
};

/// Turns the terminal's echo on again if a question has turned it off. For a way out that unwinds nothing;
/// signal handlers may call it.
void restore_terminal() noexcept;

}  // namespace mtpipe
