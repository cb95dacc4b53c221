// Fetches one message, or one story, by its number.
#pragma once

#include "client/account_connections.hpp"
#include "media/facts.hpp"

#include <mtproto/tl_api.hpp>

#include <vector>

namespace mtproto::core {

struct fetched_message {
    tl::message message;
    std::vector<tl::Chat> chats;  ///< of the answer
};

/// The message at `from`. `from` must outlive the call. Errors: errc::not_found (absent, deleted, or in a
/// chat that this account cannot see; rpc_type says which), no_media (a service message), and those of the
/// request.
io::awaitable<outcome<fetched_message>> fetch_message(account_connections& account,
                                                      const message_origin& from);

/// The story at `from`, which must outlive the call. Errors: errc::not_found, and those of the request.
io::awaitable<outcome<tl::storyItem>> fetch_story(account_connections& account, const message_origin& from);

}  // namespace mtproto::core
