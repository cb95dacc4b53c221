// Refreshes a file reference by way of the message that the file was found in (protocol 8.5).
#include "media/reference.hpp"

#include "media/facts.hpp"
#include "media/fetch.hpp"

#include <vector>

namespace mtproto::core {
namespace {

bool same_file(const file_location& a, const file_location& b) noexcept {
    return a.photo == b.photo && a.id == b.id;
}

/// The file that stands now in the place where `location` was found.
io::awaitable<outcome<media>> find_again(account_connections& account, const file_location& location) {
    message_origin from;
    from.channel_id = location.channel_id;
    from.channel_access_hash = location.channel_access_hash;
    from.message_id = location.message_id;
    from.story_id = location.story_id;
    from.user_id = location.user_id;
    from.user_access_hash = location.user_access_hash;
    if (from.story_id != 0) {
        const auto story = co_await fetch_story(account, from);
        if (!story) co_return story.error();
        co_return media_of(*story, from);
    }
    if (from.message_id == 0)
        co_return failure(errc::not_found,
                          "the file's reference has expired, and its message is not known: find it again");
    const auto found = co_await fetch_message(account, from);
    if (!found) co_return found.error();
    co_return media_of(found->message, found->chats, from);
}

}  // namespace

io::awaitable<outcome<file_location>> refresh_reference(account_connections& account,
                                                        const file_location& location) {
    const outcome<media> now = co_await find_again(account, location);
    if (!now) co_return now.error();
    const file_location* fresh = nullptr;
    if (same_file(now->location, location)) fresh = &now->location;
    for (const std::vector<media>* others : {&now->qualities, &now->attachments})
        for (const media& each : *others)
            if (same_file(each.location, location)) fresh = &each.location;
    if (!fresh) co_return failure(errc::file_changed, "the message now carries another file");
    file_location refreshed = location;
    refreshed.access_hash = fresh->access_hash;
    refreshed.file_reference = fresh->file_reference;
    co_return refreshed;
}

}  // namespace mtproto::core
