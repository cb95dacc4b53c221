// Resolves a link's chat, fetches its message, reads the file's facts (protocol 10.4, 10.5, 10.7).
#include "media/locate.hpp"

#include "media/facts.hpp"
#include "media/fetch.hpp"
#include "media/peers.hpp"
#include "media/text.hpp"

#include <string>
#include <utility>

namespace mtproto::core {
namespace {

io::awaitable<outcome<peer>> find_peer(account_connections& account, const message_link& link) {
    if (link.username.empty()) co_return co_await find_own_channel(account, link.channel_id);
    co_return co_await resolve_username(account, link.username);
}

bool is_cached(account_connections& account, const message_link& link) {
    const peer_cache& cache = peers_of(account);
    return link.username.empty() ? cache.find_channel(link.channel_id) != nullptr
                                 : cache.find_name(lowered(link.username)) != nullptr;
}

void forget(account_connections& account, const message_link& link) {
    peer_cache& cache = peers_of(account);
    if (link.username.empty())
        cache.forget_channel(link.channel_id);
    else
        cache.forget_name(lowered(link.username));
}

message_origin origin_of(const peer& chat, std::int32_t message_id) {
    message_origin made;
    if (chat.type == peer::kind::channel) {
        made.channel_id = chat.id;
        made.channel_access_hash = chat.access_hash;
    }
    made.message_id = message_id;
    return made;
}

/// The place of a comment: the message with that number in the group where the post is discussed.
io::awaitable<outcome<message_origin>> find_comment(account_connections& account, const peer& chat,
                                                    const message_link& link) {
    tl::inputPeerChannel channel;
    channel.channel_id = chat.id;
    channel.access_hash = chat.access_hash;
    tl::messages::getDiscussionMessage request;
    request.peer = std::move(channel);
    request.msg_id = link.message_id;
    const auto answer = co_await call(account, request);
    if (!answer) co_return explain_peer_error(answer.error());
    peers_of(account).remember_channels(answer->chats);
    for (const tl::Message& each : answer->messages) {
        const auto* thread = each.as<tl::message>();
        const auto* group = thread ? thread->peer_id.as<tl::peerChannel>() : nullptr;
        if (!group) continue;
        if (const peer* known = peers_of(account).find_channel(group->channel_id))
            co_return origin_of(*known, link.comment_id);
    }
    co_return failure(errc::not_found, "the message has no comments");
}

/// Messages of users and basic groups are numbered in one row for the whole account: the one found must be of
/// the chat that the link names.
bool belongs_to(const tl::message& message, const peer& chat) {
    if (chat.type == peer::kind::channel) return true;
    const auto* user = message.peer_id.as<tl::peerUser>();
    return user && user->user_id == chat.id;
}

bool is_name_of(const tl::channel& chat, const std::string& name) {
    if (lowered(chat.username.value_or("")) == lowered(name)) return true;
    if (!chat.usernames) return false;
    for (const tl::Username& each : *chat.usernames)
        if (lowered(each.username) == lowered(name)) return true;
    return false;
}

/// Whether the answer shows that the channel has other names by now: a name that was remembered leads to the
/// wrong one then.
bool has_passed_on(const std::vector<tl::Chat>& chats, const peer& chat, const std::string& name) {
    for (const tl::Chat& each : chats) {
        const auto* found = each.as<tl::channel>();
        if (found && found->id == chat.id && (found->username || found->usernames))
            return !is_name_of(*found, name);
    }
    return false;
}

io::awaitable<outcome<media>> locate_once(account_connections& account, const message_link& link,
                                          bool from_memory) {
    const auto chat = co_await find_peer(account, link);
    if (!chat) co_return chat.error();
    message_origin from = origin_of(*chat, link.message_id);
    if (link.comment_id != 0 && chat->type == peer::kind::channel) {
        const auto comment = co_await find_comment(account, *chat, link);
        if (!comment) co_return comment.error();
        from = *comment;
    }
    const auto found = co_await fetch_message(account, from);
    if (!found) co_return found.error();
    if (from_memory && link.comment_id == 0 && !link.username.empty() &&
        has_passed_on(found->chats, *chat, link.username)) {
        failure passed_on(errc::not_found, "@" + link.username + " is another channel by now");
        passed_on.rpc_type = "USERNAME_NOT_OCCUPIED";
        co_return passed_on;
    }
    if (!belongs_to(found->message, *chat))
        co_return failure(errc::not_found, "message " + std::to_string(link.message_id) +
                                               " does not exist there, or was deleted");
    co_return media_of(found->message, found->chats, from);
}

/// Whether the server refused the chat, and not merely a message in it.
bool is_refused_chat(const failure& why) {
    return why.code == errc::not_found && !why.rpc_type.empty() && !why.is("MSG_ID_INVALID") &&
           !why.is("MESSAGE_ID_INVALID");
}

}  // namespace

io::awaitable<outcome<media>> locate(account_connections& account, message_link link) {
    const bool from_memory = is_cached(account, link);
    outcome<media> found = co_await locate_once(account, link, from_memory);
    // A name can pass to another channel: when what was remembered leads nowhere, ask once more.
    if (!found && from_memory && is_refused_chat(found.error())) {
        forget(account, link);
        found = co_await locate_once(account, link, false);
    }
    co_return found;
}

}  // namespace mtproto::core
