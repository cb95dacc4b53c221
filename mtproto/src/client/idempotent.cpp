// The methods that may be sent twice.
#include <mtproto/call_options.hpp>

#include <algorithm>
#include <array>

namespace mtproto {
namespace {

/// Each only reads, by its page of the documentation: no counter moves, nothing is marked as read, nobody is
/// told. Sorted.
constexpr std::array<std::string_view, 32> reading{
    "account.getPassword",      "channels.getChannels",
    "channels.getFullChannel",  "channels.getMessages",
    "channels.getParticipants", "contacts.getContacts",
    "contacts.resolveUsername", "help.getAppConfig",
    "help.getCdnConfig",        "help.getConfig",
    "help.getNearestDc",        "messages.getChats",
    "messages.getDialogs",      "messages.getDiscussionMessage",
    "messages.getFullChat",     "messages.getHistory",
    "messages.getMessages",     "messages.getPeerDialogs",
    "messages.getReplies",      "messages.search",
    "photos.getUserPhotos",     "stories.getPeerStories",
    "stories.getPinnedStories", "stories.getStoriesByID",
    "updates.getDifference",    "updates.getState",
    "upload.getCdnFile",        "upload.getCdnFileHashes",
    "upload.getFile",           "upload.getFileHashes",
    "users.getFullUser",        "users.getUsers",
};
static_assert(std::is_sorted(reading.begin(), reading.end()));

}  // namespace

bool is_idempotent(std::string_view method) noexcept {
    return std::binary_search(reading.begin(), reading.end(), method);
}

}  // namespace mtproto
