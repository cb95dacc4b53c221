// Where mtpipe keeps its session, and the passphrase that it may be under.
#pragma once

#include "arguments.hpp"

#include <mtproto/config.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

namespace mtpipe {

/// The first line of a file, as a shell's `<(...)` or /dev/fd/3 is one, too. Throws command_error when there
/// is none.
std::string first_line_of(const std::string& path);

/// The session's place on this machine. Its passphrase comes from --passphrase-file, from MTPIPE_PASSPHRASE,
/// or, where the session wants one, from the terminal. Throws command_error.
boost::asio::awaitable<std::shared_ptr<mtproto::session_store>> open_session(
    boost::asio::any_io_executor executor, const connection_arguments& from, const mtproto::cluster& servers);

}  // namespace mtpipe
