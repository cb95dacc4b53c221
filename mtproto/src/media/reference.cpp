// Refreshes a file reference by way of the message that the file was found in (protocol 8.5).
#include "media/reference.hpp"

#include "media/facts.hpp"
#include "media/fetch.hpp"

namespace mtproto::core {
namespace {

bool same_file(const file_location& a, const file_location& b) noexcept {
    return a.photo == b.photo && a.id == b.id;
}

}  // namespace

io::awaitable<outcome<file_location>> refresh_reference(account_connections& account,
                                                        const file_location& location) {
    message_origin from;
    from.channel_id = location.channel_id;
    from.channel_access_hash = location.channel_access_hash;
    from.message_id = location.message_id;
    const auto found = co_await fetch_message(account, from);
    if (!found) co_return found.error();
    const auto now = media_of(found->message, found->chats, from);
    if (!now) co_return now.error();
    const file_location* fresh = nullptr;
    if (same_file(now->location, location)) fresh = &now->location;
    for (const media& quality : now->qualities)
        if (same_file(quality.location, location)) fresh = &quality.location;
    if (!fresh) co_return failure(errc::file_changed, "the message now carries another file");
    file_location refreshed = location;
    refreshed.access_hash = fresh->access_hash;
    refreshed.file_reference = fresh->file_reference;
    co_return refreshed;
}

}  // namespace mtproto::core
