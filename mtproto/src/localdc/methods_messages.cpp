// contacts.*, channels.*, messages.*: finding the channel and reading it.
#include "localdc/decoded.hpp"
#include "localdc/layers.hpp"
#include "localdc/names.hpp"
#include "localdc/objects.hpp"

#include <mtproto/tl_api.hpp>

#include <algorithm>
#include <array>

namespace mtproto::localdc {
namespace {

// contacts.resolveUsername as older layers spell it (without flags).
constexpr std::uint32_t older_resolve_id = 0xf93ccba3;
constexpr int most_messages = 100;

reply resolve(call& now, const std::string& name) {
    if (!valid_username(name)) throw refusal{400, "USERNAME_INVALID"};
    if (!same_username(name, now.cluster.options.channel)) throw refusal{400, "USERNAME_NOT_OCCUPIED"};
    const channel& found = now.cluster.channels.open();
    tl::contacts::resolvedPeer answer;
    answer.peer = peer_of(found);
    answer.chats.push_back(make_channel(now, found));
    return {encode_for(now.layer, answer), {}};
}

reply resolve_username(call& now, tl::contacts::resolveUsername& query) {
    return resolve(now, query.username);
}

reply older_resolve_username(call& now, const bytes& boxed) {
    tl::reader in(boxed);
    in.u32();
    const std::string name = in.string();
    if (!in.ok()) throw refusal{400, "INPUT_FETCH_ERROR"};
    return resolve(now, name);
}

tl::messages::channelMessages from_channel(call& now, const channel& in, const std::vector<int>& ids) {
    tl::messages::channelMessages answer;
    answer.pts = 1;
    answer.count = now.cluster.files.last_id();
    for (const int id : ids)
        answer.messages.push_back(make_message(now, in, id));
    answer.chats.push_back(make_channel(now, in));
    return answer;
}

const channel& checked_channel(const call& now, const tl::InputChannel& given) {
    const auto* wanted = given.as<tl::inputChannel>();
    if (!wanted) throw refusal{400, "CHANNEL_INVALID"};
    return localdc::checked_channel(now, wanted->channel_id, wanted->access_hash);
}

std::vector<int> ids_of(const std::vector<tl::InputMessage>& given) {
    std::vector<int> ids;
    for (const tl::InputMessage& each : given)
        if (const auto* by_id = each.as<tl::inputMessageID>()) ids.push_back(by_id->id);
    if (ids.empty()) throw refusal{400, "MSG_ID_INVALID"};
    if (ids.size() > most_messages) throw refusal{400, "MESSAGE_IDS_TOO_MUCH"};
    return ids;
}

reply get_channel_messages(call& now, tl::channels::getMessages& query) {
    const channel& in = checked_channel(now, query.channel);
    return {encode_for(now.layer, from_channel(now, in, ids_of(query.id))), {}};
}

// Those of chats and users: nobody has any.
reply get_messages(call& now, tl::messages::getMessages& query) {
    tl::messages::messages answer;
    for (const int id : ids_of(query.id)) {
        tl::messageEmpty nothing;
        nothing.id = id;
        answer.messages.push_back(std::move(nothing));
    }
    return {encode_for(now.layer, answer), {}};
}

reply get_channels(call& now, tl::channels::getChannels& query) {
    tl::messages::chats answer;
    for (const tl::InputChannel& each : query.id)
        answer.chats.push_back(make_channel(now, checked_channel(now, each)));
    return {encode_for(now.layer, answer), {}};
}

reply get_history(call& now, tl::messages::getHistory& query) {
    const auto* peer = query.peer.as<tl::inputPeerChannel>();
    if (!peer) throw refusal{400, "PEER_ID_INVALID"};
    const channel& in = localdc::checked_channel(now, peer->channel_id, peer->access_hash);
    // Newest first. `add_offset` skips so many, or goes back to newer ones when it is negative.
    const int last = now.cluster.files.last_id();
    const int below = query.offset_id > 0 ? std::min(query.offset_id, last + 1) : last + 1;
    const std::int64_t first = std::int64_t{below} - 1 - query.add_offset;
    const int limit = std::clamp(query.limit, 0, most_messages);
    std::vector<int> ids;
    for (std::int64_t id = first; id >= 1 && id > first - limit; --id) {
        if (id > last || (query.max_id > 0 && id >= query.max_id) || id <= query.min_id) continue;
        if (id > catalogue::creation_message && !now.cluster.channels.has(in, static_cast<int>(id))) continue;
        ids.push_back(static_cast<int>(id));
    }
    return {encode_for(now.layer, from_channel(now, in, ids)), {}};
}

// All dialogs are on one page: what comes after it, and the archive, are empty.
bool first_page(const tl::messages::getDialogs& query) {
    constexpr int archive = 1;
    return query.offset_id == 0 && query.offset_date == 0 && query.folder_id.value_or(0) != archive;
}

// The last message of a channel.
int last_in(const call& now, const channel& in) {
    int last = now.cluster.files.last_id();
    while (last > catalogue::creation_message && !now.cluster.channels.has(in, last))
        --last;
    return last;
}

// A channel's, with its last message, into an answer of either kind.
template <class T>
void add_dialog(const call& now, const channel& in, T& answer) {
    const int last = last_in(now, in);
    tl::dialog dialog;
    dialog.peer = peer_of(in);
    dialog.top_message = last;
    dialog.read_inbox_max_id = last;
    dialog.pts = 1;
    answer.dialogs.push_back(std::move(dialog));
    answer.messages.push_back(make_message(now, in, last));
    answer.chats.push_back(make_channel(now, in));
}

reply get_dialogs(call& now, tl::messages::getDialogs& query) {
    tl::messages::dialogs answer;
    if (first_page(query)) {
        for (const channel& each : now.cluster.channels.all())
            if (now.cluster.channels.may_see(each, now.login.user)) add_dialog(now, each, answer);
        answer.users.push_back(make_user(now, now.user()));
    }
    return {encode_for(now.layer, answer), {}};
}

reply get_peer_dialogs(call& now, tl::messages::getPeerDialogs& query) {
    if (query.peers.empty() || query.peers.size() > most_messages) throw refusal{400, "PEER_ID_INVALID"};
    tl::messages::peerDialogs answer;
    for (const tl::InputDialogPeer& each : query.peers) {
        const auto* wanted = each.as<tl::inputDialogPeer>();
        const auto* peer = wanted ? wanted->peer.as<tl::inputPeerChannel>() : nullptr;
        if (!peer) throw refusal{400, "PEER_ID_INVALID"};
        add_dialog(now, localdc::checked_channel(now, peer->channel_id, peer->access_hash), answer);
    }
    answer.users.push_back(make_user(now, now.user()));
    answer.state = state_of_updates(now);
    return {encode_for(now.layer, answer), {}};
}

}  // namespace

std::span<const method> message_methods() {
    static constexpr std::array all{
        entry<tl::contacts::resolveUsername, resolve_username>(needs::login),
        method{older_resolve_id, tl::contacts::resolveUsername::tl_name, needs::login, false,
               older_resolve_username},
        entry<tl::channels::getMessages, get_channel_messages>(needs::login),
        entry<tl::channels::getChannels, get_channels>(needs::login),
        entry<tl::messages::getMessages, get_messages>(needs::login),
        entry<tl::messages::getHistory, get_history>(needs::user),
        entry<tl::messages::getDialogs, get_dialogs>(needs::user),
        entry<tl::messages::getPeerDialogs, get_peer_dialogs>(needs::user),
    };
    return all;
}

}  // namespace mtproto::localdc
