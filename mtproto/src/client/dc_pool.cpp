// Takes keys out of the session, and stores new ones in it.
#include "client/dc_pool.hpp"

#include <utility>

namespace mtproto::core {
namespace {

void store_key(synced_session& session, int dc, const net::key_slot& slot, bool made) {
    if (!slot.key()) return;
    const auto& salts = slot.salts().known();
    const std::int64_t salt = salts.empty() ? 0 : salts.front().value;
    if (made)
        session.key_made(dc, *slot.key(), salt);
    else
        session.salt_changed(dc, *slot.key(), salt);
}

}  // namespace

data_centre& dc_pool::at(int dc) {
    std::shared_ptr<data_centre>& centre = centres_[dc];
    if (centre) return *centre;
    centre = std::make_shared<data_centre>(dc, account_);
    net::key_slot& key = centre->key();
    if (const stored_dc* known = account_->session.find(dc)) {
        if (const auto stored = crypto::auth_key::from(known->auth_key))
            key.set(std::make_shared<const crypto::auth_key>(*stored), session::salt_book(known->salt),
                    duration{});
    }
    // Connections may hold the key for longer than the account is there.
    const std::weak_ptr<account_state> weak = account_;
    key.on_change = [weak, dc, &key](bool made) {
        if (const auto account = weak.lock()) store_key(account->session, dc, key, made);
    };
    key.on_drop = [weak, dc](bool proved) {
        if (const auto account = weak.lock()) account->session.key_given_up(dc, proved);
    };
    return *centre;
}

const data_centre* dc_pool::find(int dc) const {
    const auto found = centres_.find(dc);
    return found == centres_.end() ? nullptr : found->second.get();
}

void dc_pool::set_addresses() {
    for (const auto& [dc, centre] : centres_)
        centre->set_addresses();
}

void dc_pool::forget_keys() {
    for (const auto& [dc, centre] : centres_)
        centre->forget_key();
}

void dc_pool::close() noexcept {
    for (const auto& [dc, centre] : centres_)
        centre->close();
}

}  // namespace mtproto::core
