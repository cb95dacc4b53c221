// Links to messages.
#pragma once

#include <mtproto/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mtproto {

/// A link to one message (protocol 10.1, 10.2). Either `username` or `channel_id` is set. `topic_id`,
/// `single` and `timestamp` are for the caller: client::resolve finds the message and its file without them.
struct message_link {
    message_link() = default;

    std::string username;         ///< of a public channel, group, bot or user; without @, as it was written
    std::int64_t channel_id = 0;  ///< of a private channel or group (/c/ID), without the -100 prefix
    std::int32_t message_id = 0;
    std::int32_t topic_id = 0;                      ///< the forum topic, or the thread; 0 when not given
    std::int32_t comment_id = 0;                    ///< a comment below the message; 0 when not given
    bool single = false;                            ///< this message alone, not its album
    std::optional<std::chrono::seconds> timestamp;  ///< where in the video to start
};

/// Reads `https://t.me/name/123` and its other forms (t.me, telegram.me, telegram.dog, www., name.t.me, /s/,
/// /c/, tg://resolve, tg://privatepost). No I/O. Error: errc::bad_link; its detail says what is wrong with
/// the link.
outcome<message_link> parse_link(std::string_view text);

}  // namespace mtproto
