// The list, by ids: bots read messages by id alone, and have neither a password nor a status.
#include "localdc/users_only.hpp"

#include <mtproto/tl_api.hpp>

namespace mtproto::localdc {

bool is_for_users(std::uint32_t method) noexcept {
    switch (method) {
        case tl::account::getPassword::tl_id:
        case tl::account::updateStatus::tl_id:
        case tl::channels::getLeftChannels::tl_id:
        case tl::contacts::getContacts::tl_id:
        case tl::contacts::getTopPeers::tl_id:
        case tl::contacts::search::tl_id:
        case tl::messages::checkChatInvite::tl_id:
        case tl::messages::getCommonChats::tl_id:
        case tl::messages::getDiscussionMessage::tl_id:
        case tl::messages::getMessagesViews::tl_id:
        case tl::messages::getPinnedDialogs::tl_id:
        case tl::messages::getReplies::tl_id:
        case tl::messages::getSavedHistory::tl_id:
        case tl::messages::getScheduledHistory::tl_id:
        case tl::messages::getSearchCounters::tl_id:
        case tl::messages::getUnreadMentions::tl_id:
        case tl::messages::importChatInvite::tl_id:
        case tl::messages::search::tl_id:
        case tl::messages::searchGlobal::tl_id:
            return true;
        default:
            return false;
    }
}

}  // namespace mtproto::localdc
