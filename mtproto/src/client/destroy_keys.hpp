// What is left to do once nobody is logged in any more: the servers forget the keys.
#pragma once

#include "client/account_state.hpp"

namespace mtproto::core {

/// At all data centres that the session has a key for, one after the other, within seconds in all. What a
/// server does not do is for the log: a key without a login is of no use to anybody.
io::awaitable<void> destroy_keys(account_state& account);

}  // namespace mtproto::core
