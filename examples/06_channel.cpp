// Lists the last messages of a public channel, and reads the first bytes of each file that they carry.
//   06_channel API_ID API_HASH CHANNEL      (as a user: Telegram gives no histories to bots)
#include "example.hpp"

#include <mtproto/api.hpp>
#include <mtproto/media_of.hpp>
#include <mtproto/printable.hpp>

#include <array>
#include <iostream>

const char* const usage = "CHANNEL";

namespace tl = mtproto::tl;

/// The channel of that name, as requests name it.
asio::awaitable<tl::InputPeer> find_channel(mtproto::client& tg, std::string username) {
    tl::contacts::resolveUsername request;
    request.username = std::move(username);
    const tl::contacts::resolvedPeer found = co_await tg.call(request);
    tl::inputPeerChannel peer;
    for (const tl::Chat& each : found.chats)
        if (const auto* channel = each.as<tl::channel>()) {
            peer.channel_id = channel->id;
            peer.access_hash = channel->access_hash.value_or(0);
        }
    co_return tl::InputPeer(std::move(peer));
}

asio::awaitable<void> show(mtproto::client& tg, const mtproto::media& file) {
    std::cout << file.name << ", " << file.size << " bytes:" << std::hex;
    std::array<std::byte, 8> beginning{};
    mtproto::byte_stream bytes = tg.open(file);
    const std::size_t count = co_await bytes.read_at(0, beginning);
    for (std::size_t i = 0; i < count; ++i)
        std::cout << ' ' << std::to_integer<int>(beginning[i]);
    std::cout << std::dec << "\n";
}

asio::awaitable<void> example(mtproto::config settings, std::vector<std::string> arguments) {
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await sign_in(tg);
    tl::messages::getHistory request;
    request.peer = co_await find_channel(tg, arguments[0]);
    request.limit = 20;
    const tl::messages::Messages answer = co_await tg.call(request);
    const auto* page = answer.as<tl::messages::channelMessages>();
    if (!page) co_return;
    for (const tl::Message& each : page->messages) {
        // The same file that the message's link would give: with a safe name, and a reference that is
        // renewed.
        const mtproto::outcome<mtproto::media> file = mtproto::media_of(each, page->chats);
        if (file)
            co_await show(tg, *file);
        else if (const auto* message = each.as<tl::message>())
            std::cout << message->id << ": " << mtproto::printable(message->message) << "\n";
    }
}
