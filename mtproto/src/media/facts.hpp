// The facts that a message or a story states about its file (protocol 10.7, 10.8).
#pragma once

#include <mtproto/error.hpp>
#include <mtproto/media.hpp>
#include <mtproto/tl_api.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mtproto::core {

/// The message or the story that a file was found in. channel_id 0 stands for the account's own list of
/// messages (chats with users and basic groups), or for a story of `user_id`.
struct message_origin {
    std::int64_t channel_id = 0;
    std::int64_t channel_access_hash = 0;
    std::int32_t message_id = 0;
    std::int32_t story_id = 0;
    std::int64_t user_id = 0;
    std::int64_t user_access_hash = 0;
};

/// The file of `message`. Errors: errc::no_media (nothing there, expired, not paid for), protected_content.
/// `chats` are those of the answer: the flag that forbids saving is theirs, not only the message's.
outcome<media> media_of(const tl::message& message, const std::vector<tl::Chat>& chats,
                        const message_origin& from);
/// A document or a photo by itself: nobody knows where it was found. Errors: errc::no_media, malformed.
outcome<media> media_of(const tl::document& file);
outcome<media> media_of(const tl::photo& picture);

/// The channel or the group `chat` forbids saving for all of it (protocol 10.8): says so; empty elsewhere.
std::string forbidding_chat(const tl::Peer& chat, const std::vector<tl::Chat>& chats);

/// The file of a story, whoever told it. Errors: those of a message.
outcome<media> media_of(const tl::storyItem& story, const message_origin& from);

}  // namespace mtproto::core
