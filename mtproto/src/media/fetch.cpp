// Fetches one message: channels.getMessages, or messages.getMessages outside channels (protocol 10.4). Or
// one story: stories.getStoriesByID.
#include "media/fetch.hpp"

#include "media/peers.hpp"

#include <string>
#include <utility>

namespace mtproto::core {
namespace {

/// Any of the answers that lists of messages come in; nothing for messagesNotModified.
struct message_list {
    std::vector<tl::Message> messages;
    std::vector<tl::Chat> chats;
};

template <class Answer>
bool take(tl::messages::Messages& from, message_list& into) {
    Answer* answer = from.as<Answer>();
    if (!answer) return false;
    into.messages = std::move(answer->messages);
    into.chats = std::move(answer->chats);
    return true;
}

message_list unpack(tl::messages::Messages answer) {
    message_list list;
    take<tl::messages::channelMessages>(answer, list) || take<tl::messages::messages>(answer, list) ||
        take<tl::messages::messagesSlice>(answer, list);
    return list;
}

std::vector<tl::InputMessage> one_message(std::int32_t id) {
    tl::inputMessageID wanted;
    wanted.id = id;
    std::vector<tl::InputMessage> list;
    list.emplace_back(std::move(wanted));
    return list;
}

io::awaitable<outcome<tl::messages::Messages>> ask(account_connections& account, const message_origin& from) {
    if (from.channel_id == 0) {
        tl::messages::getMessages request;
        request.id = one_message(from.message_id);
        co_return co_await call(account, request);
    }
    tl::inputChannel channel;
    channel.channel_id = from.channel_id;
    channel.access_hash = from.channel_access_hash;
    tl::channels::getMessages request;
    request.channel = std::move(channel);
    request.id = one_message(from.message_id);
    co_return co_await call(account, request);
}

tl::InputPeer owner_of(const message_origin& story) {
    if (story.channel_id != 0) {
        tl::inputPeerChannel channel;
        channel.channel_id = story.channel_id;
        channel.access_hash = story.channel_access_hash;
        return channel;
    }
    tl::inputPeerUser user;
    user.user_id = story.user_id;
    user.access_hash = story.user_access_hash;
    return user;
}

}  // namespace

io::awaitable<outcome<tl::storyItem>> fetch_story(account_connections& account, const message_origin& from) {
    tl::stories::getStoriesByID request;
    request.peer = owner_of(from);
    request.id = {from.story_id};
    auto answer = co_await call(account, request);
    if (!answer) co_return explain_peer_error(answer.error());
    for (tl::StoryItem& each : answer->stories)
        if (auto* found = each.as<tl::storyItem>(); found && found->id == from.story_id)
            co_return std::move(*found);
    co_return failure(errc::not_found, "the story does not exist, or was deleted");
}

io::awaitable<outcome<fetched_message>> fetch_message(account_connections& account,
                                                      const message_origin& from) {
    auto answer = co_await ask(account, from);
    if (!answer) co_return explain_peer_error(answer.error());
    message_list list = unpack(std::move(*answer));
    for (tl::Message& each : list.messages) {
        if (auto* found = each.as<tl::message>(); found && found->id == from.message_id) {
            fetched_message result;
            result.message = std::move(*found);
            result.chats = std::move(list.chats);
            co_return result;
        }
        if (const auto* service = each.as<tl::messageService>(); service && service->id == from.message_id)
            co_return failure(errc::no_media,
                              "it is a service message, such as a new title or a pinned message");
    }
    co_return failure(errc::not_found,
                      "message " + std::to_string(from.message_id) + " does not exist there, or was deleted");
}

}  // namespace mtproto::core
