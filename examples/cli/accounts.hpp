// The verbs of `mtpipe accounts`.
#pragma once

#include "account_files.hpp"
#include "arguments.hpp"

#include <mtproto/client.hpp>
#include <mtproto/login.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <string>

namespace mtpipe {

/// Lists, renames, removes or checks, imports or exports. Throws command_error and mtproto::error.
boost::asio::awaitable<void> accounts(boost::asio::any_io_executor executor, arguments all);

boost::asio::awaitable<void> import_accounts(boost::asio::any_io_executor executor, arguments all);
boost::asio::awaitable<void> export_account(boost::asio::any_io_executor executor, arguments all);

/// Throws command_error when an account is named that there is not.
void require_account(const connection_arguments& from);

/// Asks the server who is signed in. Throws mtproto::error.
boost::asio::awaitable<account_note> who_is_signed_in(mtproto::client& tg);

/// Notes who has signed in, under a name or where something is noted already.
void note_login(const connection_arguments& from, const mtproto::account& who);

}  // namespace mtpipe
