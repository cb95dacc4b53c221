// Looks a private channel up among the account's own chats (protocol 10.4, /c/ links).
#include "media/peers.hpp"

#include <optional>
#include <utility>

namespace mtproto::core {
namespace {

/// The largest page that servers give, and how many of them a search may read in each folder: 2,000 chats,
/// which takes a few seconds. Accounts with more hardly exist (1,000 joined channels are the limit).
constexpr std::int32_t page_size = 100;
constexpr int most_pages = 20;
constexpr std::int32_t archive_folder = 1;

struct page {
    std::vector<tl::Dialog> dialogs;
    std::vector<tl::Message> messages;
    std::vector<tl::Chat> chats;
    std::vector<tl::User> users;
    bool last = true;
};

template <class Answer>
bool take(tl::messages::Dialogs& from, page& into) {
    Answer* answer = from.as<Answer>();
    if (!answer) return false;
    into.dialogs = std::move(answer->dialogs);
    into.messages = std::move(answer->messages);
    into.chats = std::move(answer->chats);
    into.users = std::move(answer->users);
    return true;
}

page unpack(tl::messages::Dialogs answer) {
    page made;
    if (take<tl::messages::dialogsSlice>(answer, made))
        made.last = made.dialogs.empty();
    else
        take<tl::messages::dialogs>(answer, made);
    return made;
}

tl::InputPeer input_of(const tl::Peer& peer, const page& from) {
    if (const auto* chat = peer.as<tl::peerChat>()) {
        tl::inputPeerChat made;
        made.chat_id = chat->chat_id;
        return made;
    }
    if (const auto* in = peer.as<tl::peerChannel>()) {
        tl::inputPeerChannel made;
        made.channel_id = in->channel_id;
        for (const tl::Chat& each : from.chats)
            if (const auto* channel = each.as<tl::channel>(); channel && channel->id == in->channel_id)
                made.access_hash = channel->access_hash.value_or(0);
        return made;
    }
    if (const auto* in = peer.as<tl::peerUser>()) {
        tl::inputPeerUser made;
        made.user_id = in->user_id;
        for (const tl::User& each : from.users)
            if (const auto* user = each.as<tl::user>(); user && user->id == in->user_id)
                made.access_hash = user->access_hash.value_or(0);
        return made;
    }
    return tl::inputPeerEmpty();
}

bool same_peer(const tl::Peer& a, const tl::Peer& b) {
    const auto key = [](const tl::Peer& peer) {
        if (const auto* channel = peer.as<tl::peerChannel>()) return std::pair(1, channel->channel_id);
        if (const auto* chat = peer.as<tl::peerChat>()) return std::pair(2, chat->chat_id);
        if (const auto* user = peer.as<tl::peerUser>()) return std::pair(3, user->user_id);
        return std::pair(0, std::int64_t{0});
    };
    return key(a) == key(b);
}

/// The date of `dialog`'s newest message, by which pages are ordered; 0 when it is not in the answer.
std::int32_t date_of(const tl::dialog& dialog, const page& from) {
    for (const tl::Message& each : from.messages) {
        if (const auto* message = each.as<tl::message>();
            message && message->id == dialog.top_message && same_peer(message->peer_id, dialog.peer))
            return message->date;
        if (const auto* service = each.as<tl::messageService>();
            service && service->id == dialog.top_message && same_peer(service->peer_id, dialog.peer))
            return service->date;
    }
    return 0;
}

/// Moves `request` behind `from`. False when the page does not say how to go on.
bool advance(tl::messages::getDialogs& request, const page& from) {
    for (auto each = from.dialogs.rbegin(); each != from.dialogs.rend(); ++each) {
        const auto* dialog = each->as<tl::dialog>();
        const std::int32_t date = dialog ? date_of(*dialog, from) : 0;
        if (date == 0) continue;
        const bool moved = request.offset_date != date || request.offset_id != dialog->top_message;
        request.offset_date = date;
        request.offset_id = dialog->top_message;
        request.offset_peer = input_of(dialog->peer, from);
        request.exclude_pinned = true;
        return moved;
    }
    return false;
}

/// Reads the chats of one folder until the channel is among them. The value tells whether it was found.
io::awaitable<outcome<bool>> search_folder(account_connections& account, std::optional<std::int32_t> folder,
                                           std::int64_t channel_id) {
    peer_cache& cache = peers_of(account);
    tl::messages::getDialogs request;
    request.folder_id = folder;
    request.offset_peer = tl::inputPeerEmpty();
    request.limit = page_size;
    for (int count = 0; count < most_pages; ++count) {
        auto answer = co_await call(account, request);
        if (!answer) co_return answer.error();
        const page now = unpack(std::move(*answer));
        cache.remember_channels(now.chats);
        if (cache.find_channel(channel_id)) co_return true;
        if (now.last || !advance(request, now)) break;
    }
    co_return false;
}

}  // namespace

io::awaitable<outcome<peer>> find_own_channel(account_connections& account, std::int64_t channel_id) {
    peer_cache& cache = peers_of(account);
    if (const peer* known = cache.find_channel(channel_id)) co_return *known;
    for (const std::optional<std::int32_t> folder :
         {std::optional<std::int32_t>(), std::optional<std::int32_t>(archive_folder)}) {
        const auto found = co_await search_folder(account, folder, channel_id);
        if (!found) {
            // Bots have no list of chats; a hash of 0 opens the channels that they are in.
            if (found.error().code != errc::rpc_error || !found.error().is("BOT_METHOD_INVALID"))
                co_return found.error();
            peer by_bot;
            by_bot.id = channel_id;
            co_return by_bot;
        }
        if (*found) co_return *cache.find_channel(channel_id);
    }
    co_return failure(errc::not_found, "the private channel " + std::to_string(channel_id) +
                                           " is not among this account's chats; join it first");
}

}  // namespace mtproto::core
