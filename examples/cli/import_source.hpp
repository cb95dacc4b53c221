// The session that is to be imported, and the passcode that it may want.
#pragma once

#include "arguments.hpp"

#include <mtproto/foreign_session.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace mtpipe {

/// Reads it from a file, a folder or standard input. A passcode comes from a file, or from the terminal when
/// one is wanted. Throws command_error with exit_code::usage for what is no session, and repeats nothing of
/// it.
boost::asio::awaitable<mtproto::foreign_session> read_source(boost::asio::any_io_executor executor,
                                                             const accounts_arguments& given);

}  // namespace mtpipe
