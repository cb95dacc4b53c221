// Signs in a new session that one which is signed in accepts.
#pragma once

#include "arguments.hpp"

#include <mtproto/client.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace mtpipe {

/// Signs the account that `from` names in, by a login token that `old` accepts; `old` stays as it is. A
/// two-step verification password is asked for on a terminal. Throws command_error and mtproto::error.
boost::asio::awaitable<void> sign_in_anew(boost::asio::any_io_executor executor, connection_arguments from,
                                          mtproto::client& old);

}  // namespace mtpipe
