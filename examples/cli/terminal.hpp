// Lines from standard input: asked for on a terminal (with echo off for secrets), or piped in.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <optional>
#include <string>

namespace mtpipe {

class line_input {
  public:
    explicit line_input(const boost::asio::any_io_executor& executor);

    static bool is_terminal();

    /// The next line without its end; nothing at the end of the input. Waits without holding up the executor.
    boost::asio::awaitable<std::optional<std::string>> line();
    /// The same after a question on standard error, when standard input is a terminal. Without `echo` what is
    /// typed stays unseen.
    boost::asio::awaitable<std::optional<std::string>> ask(std::string question, bool echo);

  private:
    boost::asio::posix::stream_descriptor input_;
    std::string read_;  // and not yet handed out
    bool ended_ = false;
};

/// Turns the terminal's echo on again if a question has turned it off. For a way out that unwinds nothing.
void restore_terminal() noexcept;

}  // namespace mtpipe
