// What the examples share: each says how it is used and what it does; main.cpp has their main().
#pragma once

#include <mtproto/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <string>
#include <vector>

namespace asio = boost::asio;

/// The names of its arguments, as in "LINK FILE".
extern const char* const usage;
/// Runs on an executor of one thread. `settings` name the application and where the login is kept.
asio::awaitable<void> example(mtproto::config settings, std::vector<std::string> arguments);

/// Connects, and logs a user in where nobody is: asks for phone number and code on the terminal.
asio::awaitable<void> sign_in(mtproto::client& tg);
