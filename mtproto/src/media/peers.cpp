// Resolves public names and remembers what chats were seen.
#include "media/peers.hpp"

#include "media/text.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace mtproto::core {
namespace {

struct peer_error {
    std::string_view type;
    std::string_view meaning;
};

constexpr std::array peer_errors{
    peer_error{"USERNAME_NOT_OCCUPIED", "nobody has that username"},
    peer_error{"USERNAME_INVALID", "the server does not take that as a username"},
    peer_error{"CHANNEL_PRIVATE",
               "the channel is private and this account is not in it, or was banned; join it first"},
    peer_error{"CHANNEL_INVALID",
               "this account cannot open the channel; join it first, or it no longer exists"},
    peer_error{"CHANNEL_PUBLIC_GROUP_NA", "the channel is not available"},
    peer_error{"CHAT_ID_INVALID", "there is no such chat"},
    peer_error{"PEER_ID_INVALID", "there is no such chat"},
    peer_error{"MSG_ID_INVALID", "there is no such message"},
    peer_error{"MESSAGE_ID_INVALID", "there is no such message"}};

outcome<peer> pick(const tl::contacts::resolvedPeer& answer, const std::string& name) {
    if (const auto* wanted = answer.peer.as<tl::peerChannel>()) {
        for (const tl::Chat& each : answer.chats) {
            if (const auto* found = each.as<tl::channel>(); found && found->id == wanted->channel_id) {
                peer made;
                made.id = found->id;
                made.access_hash = found->access_hash.value_or(0);
                return made;
            }
            if (const auto* closed = each.as<tl::channelForbidden>();
                closed && closed->id == wanted->channel_id)
                return failure(errc::not_found, "the channel @" + name + " is closed to this account");
        }
    }
    if (const auto* wanted = answer.peer.as<tl::peerUser>()) {
        peer made;
        made.type = peer::kind::user;
        made.id = wanted->user_id;
        return made;
    }
    return failure(errc::malformed, "the server named a chat for @" + name + " without describing it");
}

}  // namespace

const peer* peer_cache::find_name(const std::string& lower_case_name) const {
    const auto found = names_.find(lower_case_name);
    return found == names_.end() ? nullptr : &found->second;
}

const peer* peer_cache::find_channel(std::int64_t id) const {
    const auto found = channels_.find(id);
    return found == channels_.end() ? nullptr : &found->second;
}

void peer_cache::remember_name(std::string lower_case_name, const peer& known) {
    names_.insert_or_assign(std::move(lower_case_name), known);
}

void peer_cache::remember_channels(const std::vector<tl::Chat>& chats) {
    for (const tl::Chat& each : chats) {
        // The hash of a "min" channel does not open it.
        const auto* channel = each.as<tl::channel>();
        if (!channel || channel->min || !channel->access_hash) continue;
        peer known;
        known.id = channel->id;
        known.access_hash = *channel->access_hash;
        channels_.insert_or_assign(channel->id, known);
    }
}

void peer_cache::remember(const std::vector<known_peer>& known) {
    for (const known_peer& each : known) {
        peer made;
        made.type = each.type == known_peer::kind::user ? peer::kind::user : peer::kind::channel;
        made.id = each.id;
        made.access_hash = each.access_hash;
        if (made.type == peer::kind::channel) channels_.insert_or_assign(made.id, made);
        if (!each.username.empty()) remember_name(lowered(each.username), made);
    }
}

void peer_cache::forget_name(const std::string& lower_case_name) {
    names_.erase(lower_case_name);
}

void peer_cache::forget_channel(std::int64_t id) {
    channels_.erase(id);
}

peer_cache& peers_of(account_connections& account) {
    std::shared_ptr<peer_cache>& slot = account.attachments().peers;
    if (!slot) {
        slot = std::make_shared<peer_cache>();
        slot->remember(account.settings().peers);
    }
    return *slot;
}

io::awaitable<outcome<peer>> resolve_username(account_connections& account, std::string name) {
    peer_cache& cache = peers_of(account);
    const std::string key = lowered(name);
    if (const peer* known = cache.find_name(key)) co_return *known;
    tl::contacts::resolveUsername request;
    request.username = name;
    const auto answer = co_await call(account, request);
    if (!answer) {
        failure why = explain_peer_error(answer.error());
        if (why.code == errc::not_found) why.detail = "@" + name + ": " + why.detail;
        co_return why;
    }
    outcome<peer> found = pick(*answer, name);
    if (found) {
        cache.remember_name(key, *found);
        cache.remember_channels(answer->chats);
    }
    co_return found;
}

failure explain_peer_error(const failure& from) {
    if (from.code != errc::rpc_error) return from;
    for (const peer_error& known : peer_errors) {
        if (!from.is(known.type)) continue;
        failure made = from;
        made.code = make_error_code(errc::not_found);
        made.detail = known.meaning;
        return made;
    }
    return from;
}

}  // namespace mtproto::core
