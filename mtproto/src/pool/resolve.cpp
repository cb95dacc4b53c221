// Links, locations and hashes, by one account after the other.
#include "download/open.hpp"
#include "io/edge.hpp"
#include "media/locate.hpp"
#include "media/peers.hpp"
#include "net/within.hpp"
#include "pool/account_pool.hpp"

#include <mtproto/link.hpp>

#include <chrono>
#include <utility>

namespace mtproto::pooling {
namespace {

/// An account that has not found a message by then waits for something: others are asked.
constexpr duration patience_of_one = std::chrono::seconds(10);

io::awaitable<outcome<media>> find_media(std::shared_ptr<core::account_connections> account,
                                         message_link link) {
    co_return co_await core::locate(*account, std::move(link));
}

/// Whether the account may not see the chat; a message that is not there says nothing of that.
bool is_of_chat(core::account_connections& account, const message_link& link, const failure& why) {
    if (why.code != errc::not_found) return true;
    if (!why.rpc_type.empty()) return !why.is("MSG_ID_INVALID") && !why.is("MESSAGE_ID_INVALID");
    return link.username.empty() && !core::peers_of(account).find_channel(link.channel_id);
}

failure nobody_left() {
    return {errc::not_authorized, "no account of the pool is left"};
}

}  // namespace

io::awaitable<outcome<media>> account_pool::resolve_by(std::shared_ptr<account_pool> self,
                                                       std::shared_ptr<member> one, std::string link,
                                                       bool last) {
    auto parsed = parse_link(link);
    if (!parsed) co_return parsed.error();
    io::timers& time = self->time();
    const time_point end = last ? time_point::max() : time.now() + patience_of_one;
    outcome<media> found = co_await io::as_outcome(net::within(time, end, find_media(one->account, *parsed)));
    if (found) {
        self->files_.note(one->number, *found, link);
        co_return found;
    }
    const bool of_chat = is_of_chat(*one->account, *parsed, found.error());
    self->note(*one, of_chat ? chat_of(link) : std::string(), 0, found.error());
    co_return found;
}

io::awaitable<outcome<media>> account_pool::resolve(std::shared_ptr<account_pool> self, std::string link) {
    if (const auto parsed = parse_link(link); !parsed) co_return parsed.error();
    failure why = nobody_left();
    std::set<int> asked;
    for (;;) {
        const choice now = self->choose(chat_of(link), 0, 0, asked);
        if (now.order.empty()) break;
        const std::shared_ptr<member> one = self->members_[now.order.front()];
        asked.insert(one->number);
        outcome<media> found = co_await resolve_by(self, one, link, now.order.size() == 1);
        // A message without media has none for others either.
        if (found || found.error().code == errc::cancelled || found.error().code == errc::no_media ||
            found.error().code == errc::protected_content)
            co_return found;
        why = found.error();
    }
    // Those that were refused within the last hour say so again.
    if (asked.empty())
        for (const std::shared_ptr<member>& one : self->members_)
            if (one->serves()) why = failure(errc::not_found, "no account of the pool may see this chat");
    co_return why;
}

io::awaitable<outcome<media>> account_pool::locate(std::shared_ptr<account_pool> self,
                                                   std::shared_ptr<member> one, media file) {
    const std::string link = self->files_.of(file).link;
    if (!self->files_.of(file).locations.contains(one->number)) {
        if (link.empty()) co_return failure(errc::not_found, "the message of the file is not known");
        const outcome<media> found = co_await resolve_by(self, one, link, false);
        if (!found) co_return found.error();
        if (!self->files_.of(file).locations.contains(one->number))
            co_return failure(errc::file_changed, "the message carries another file now");
    }
    co_return self->files_.for_account(one->number, file);
}

io::awaitable<outcome<std::vector<file_hash>>> account_pool::hashes(std::shared_ptr<account_pool> self,
                                                                    media file, byte_range range) {
    if (const outcome<void> sound = download::check(file, range); !sound) co_return sound.error();
    const std::string chat = self->files_.of(file).chat;
    failure why = nobody_left();
    std::set<int> asked;
    for (;;) {
        const choice now = self->choose(chat, file.dc, 0, asked);
        const std::vector<std::size_t>& next = now.order.empty() ? now.waiting : now.order;
        if (next.empty()) co_return why;
        const std::shared_ptr<member> one = self->members_[next.front()];
        asked.insert(one->number);
        outcome<media> own = co_await locate(self, one, file);
        if (own) {
            auto told = co_await io::as_outcome(download::survey_of(one->account, std::move(*own), range));
            if (told || told.error().code == errc::cancelled) co_return told;
            self->note(*one, chat, file.dc, told.error());
            why = told.error();
        } else {
            if (own.error().code == errc::cancelled) co_return own.error();
            why = own.error();
        }
    }
}

}  // namespace mtproto::pooling
