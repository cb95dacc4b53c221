// Saves and removes by the update() of each store.
#include "client/session_format.hpp"

#include <mtproto/session_store.hpp>

namespace mtproto {

outcome<void> session_store::save(const stored_session& session) {
    return update([&](std::optional<stored_session>& stored) {
        if (stored) core::wipe_keys(*stored);
        stored = session;
        return true;
    });
}

outcome<void> session_store::remove() {
    return update([](std::optional<stored_session>& stored) {
        if (!stored) return false;
        core::wipe_keys(*stored);
        stored.reset();
        return true;
    });
}

}  // namespace mtproto
