// Runs one command: its executor, its client, what Ctrl-C does, and the exit code of however it ends.
#pragma once

#include "arguments.hpp"
#include "cluster_file.hpp"
#include "exit_code.hpp"

#include <mtproto/config.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mtpipe {

class progress_bar;

/// Wraps what ended a command that left something to go on with.
struct unfinished {
    std::exception_ptr why;
    std::string next;  ///< for people: what is there, and what to do
};

/// Runs the command on this thread. The first signal cancels it (signals.hpp), so that it unwinds and leaves
/// nothing half done; the second one ends the process at once. Prints one line when it fails.
int run(const std::function<boost::asio::awaitable<void>(boost::asio::any_io_executor)>& command);

/// The cluster that --dc-info names, or Telegram's. Throws command_error.
known_cluster servers_of(const connection_arguments& from);

/// The client's settings: servers, credentials, the session, for whose passphrase it may ask, and the chats
/// that its account has met elsewhere. With a `session` it is that one, and no account's. Throws
/// command_error.
boost::asio::awaitable<mtproto::config> client_config(
    boost::asio::any_io_executor executor, connection_arguments from,
    std::shared_ptr<mtproto::session_store> session = nullptr);

/// Has `bar`, which must outlive the client, show the waits of requests, but none once the process is ending:
/// requests that end one by one leave others waiting.
mtproto::wait_callback waits_shown_by(progress_bar& bar);

// The commands. `input` of login is standard input.
boost::asio::awaitable<void> login(boost::asio::any_io_executor executor, arguments all);
boost::asio::awaitable<void> logout(boost::asio::any_io_executor executor, arguments all);
boost::asio::awaitable<void> info(boost::asio::any_io_executor executor, arguments all);
boost::asio::awaitable<void> get(boost::asio::any_io_executor executor, arguments all);
boost::asio::awaitable<void> change_passphrase(boost::asio::any_io_executor executor, arguments all);
#ifdef MTPIPE_WITH_LOCALDC
int serve(const localdc_arguments& options);
#endif

/// A line of the library's log as it is printed.
std::string log_line(mtproto::log_level level, std::string_view line);
/// Prints it on standard error.
void print_log(mtproto::log_level level, std::string_view line);

/// Prints why a command failed, in one line. Gives the exit code.
int fail(exit_code code, std::string_view message);
int ended_by(const std::exception_ptr& thrown);

/// What was printed and is not written yet; its loss is a failure like any other. Throws command_error.
void flush_output();

/// A reader that goes away, and a limit on the size of files, are errors of write() as any other.
void ignore_signals_of_writes();

}  // namespace mtpipe
