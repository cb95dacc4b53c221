// Where mtpipe keeps its session, and the passphrase that it may be under.
#pragma once

#include "arguments.hpp"

#include <mtproto/config.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

namespace mtpipe {

/// The session's place on this machine. Its passphrase comes from --passphrase-file, from MTPIPE_PASSPHRASE,
/// or, where the session wants one, from the terminal. Throws command_error.
boost::asio::awaitable<std::shared_ptr<mtproto::session_store>> open_session(
    boost::asio::any_io_executor executor, const connection_arguments& from, const mtproto::cluster& servers);

}  // namespace mtpipe
