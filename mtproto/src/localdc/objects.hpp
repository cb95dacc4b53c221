// The objects of the API that answers are made of: users, the channel, its messages.
#pragma once

#include "localdc/call.hpp"

#include <mtproto/tl_api.hpp>

namespace mtproto::localdc {

tl::user make_user(const call& now, const account& who);
/// Stands for a code when its user signs in again.
bytes new_future_token(call& now, std::int64_t user);
/// auth.authorization for the account that just signed in; updates the login. Throws a refusal when nobody
/// signs in to it any more.
bytes sign_in(call& now, const account& who);
tl::peerChannel peer_of(const channel& which);
tl::channel make_channel(const call& now, const channel& which);
/// The message of this id, messageEmpty when there is none.
tl::Message make_message(const call& now, const channel& in, int id);

/// Nothing happens here, so it is the same at all times but for the date.
tl::updates::state state_of_updates(const call& now);

/// Throws a refusal unless the client was told of the channel, and its account may see it.
const channel& checked_channel(const call& now, std::int64_t id, std::int64_t access_hash);

}  // namespace mtproto::localdc
