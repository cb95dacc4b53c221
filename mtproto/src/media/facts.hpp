// What a message says of the file that it carries (protocol 10.7, 10.8).
#pragma once

#include <mtproto/error.hpp>
#include <mtproto/media.hpp>
#include <mtproto/tl_api.hpp>

#include <cstdint>
#include <vector>

namespace mtproto::core {

/// Where a message lives, as the servers want it told: channel_id 0 stands for the account's own list of
/// messages (chats with users and basic groups).
struct message_origin {
    std::int64_t channel_id = 0;
    std::int64_t channel_access_hash = 0;
    std::int32_t message_id = 0;
};

/// The file of `message`. Errors: errc::no_media (nothing there, expired, not paid for), protected_content.
/// `chats` are those of the answer: the flag that forbids saving is theirs, not only the message's.
outcome<media> media_of(const tl::message& message, const std::vector<tl::Chat>& chats,
                        const message_origin& from);

}  // namespace mtproto::core
