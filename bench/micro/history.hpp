// A page of a channel's history, as busy channels have them.
#pragma once

#include <mtproto/bytes.hpp>

namespace mtproto::bench {

inline constexpr int history_page_messages = 100;

/// A messages.channelMessages of 100 videos with captions, replies and reactions, always the same bytes.
bytes history_page();

}  // namespace mtproto::bench
