// The files of objects that a call brought, with the place to fetch each again from.
#include "media/facts.hpp"

#include <mtproto/media_of.hpp>

#include <optional>
#include <string>
#include <utility>

namespace mtproto {
namespace {

using core::message_origin;

failure nothing(const char* why) {
    return failure(errc::no_media, why);
}

/// The hash that opens the channel, if the answer has it: that of a "min" channel does not.
std::optional<std::int64_t> hash_of_channel(std::int64_t id, const std::vector<tl::Chat>& chats) {
    for (const tl::Chat& each : chats)
        if (const auto* found = each.as<tl::channel>(); found && found->id == id && !found->min)
            return found->access_hash;
    return std::nullopt;
}

message_origin origin_of(const tl::message& message, const std::vector<tl::Chat>& chats) {
    message_origin made;
    made.message_id = message.id;
    const auto* in_channel = message.peer_id.as<tl::peerChannel>();
    if (!in_channel) return made;
    const std::optional<std::int64_t> hash = hash_of_channel(in_channel->channel_id, chats);
    if (!hash) return {};
    made.channel_id = in_channel->channel_id;
    made.channel_access_hash = *hash;
    return made;
}

message_origin origin_of(const tl::storyItem& story, const tl::Peer& owner,
                         const std::vector<tl::Chat>& chats, const std::vector<tl::User>& users) {
    message_origin made;
    made.story_id = story.id;
    if (const auto* channel = owner.as<tl::peerChannel>()) {
        const std::optional<std::int64_t> hash = hash_of_channel(channel->channel_id, chats);
        if (!hash) return {};
        made.channel_id = channel->channel_id;
        made.channel_access_hash = *hash;
        return made;
    }
    const auto* person = owner.as<tl::peerUser>();
    for (const tl::User& each : users) {
        const auto* found = each.as<tl::user>();
        if (!person || !found || found->id != person->user_id || found->min || !found->access_hash) continue;
        made.user_id = found->id;
        made.user_access_hash = *found->access_hash;
        return made;
    }
    return {};
}

}  // namespace

outcome<media> media_of(const tl::message& message, const std::vector<tl::Chat>& chats) {
    return core::media_of(message, chats, origin_of(message, chats));
}

outcome<media> media_of(const tl::Message& message, const std::vector<tl::Chat>& chats) {
    if (const auto* found = message.as<tl::message>()) return media_of(*found, chats);
    return nothing(message.as<tl::messageService>()
                       ? "it is a service message, such as a new title or a pinned message"
                       : "the message does not exist, or was deleted");
}

outcome<media> media_of(const tl::StoryItem& story, const tl::Peer& owner, const std::vector<tl::Chat>& chats,
                        const std::vector<tl::User>& users) {
    const auto* found = story.as<tl::storyItem>();
    if (!found) return nothing("the story was deleted, or came without its media");
    if (std::string why = core::forbidding_chat(owner, chats); !why.empty())
        return failure(errc::protected_content, std::move(why));
    return core::media_of(*found, origin_of(*found, owner, chats, users));
}

outcome<media> media_of(const tl::document& file) {
    return core::media_of(file);
}

outcome<media> media_of(const tl::Document& file) {
    if (const auto* found = file.as<tl::document>()) return core::media_of(*found);
    return nothing("the server no longer has the file");
}

outcome<media> media_of(const tl::photo& picture) {
    return core::media_of(picture);
}

outcome<media> media_of(const tl::Photo& picture) {
    if (const auto* found = picture.as<tl::photo>()) return core::media_of(*found);
    return nothing("the server no longer has the photo");
}

}  // namespace mtproto
