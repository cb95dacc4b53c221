// Keeping one key for several connections.
#include "net/key_slot.hpp"

namespace mtproto::net {

void key_slot::set(std::shared_ptr<const crypto::auth_key> key, session::salt_book salts,
                   duration time_offset) {
    key_ = std::move(key);
    salts_ = std::move(salts);
    time_offset_ = time_offset;
    forget_refusals();
    if (on_change) on_change(true);
}

void key_slot::set_salts(session::salt_book salts) {
    salts_ = std::move(salts);
    if (on_change) on_change(false);
}

void key_slot::drop() {
    key_.reset();
    salts_ = {};
    forget_refusals();
    if (on_drop) on_drop();
}

bool key_slot::refused(const std::shared_ptr<const crypto::auth_key>& key, time_point now) {
    if (!key || key != key_) return false;  // an older one: of the present key it tells nothing
    if (last_refusal_ && now - *last_refusal_ < refusals_apart) return false;
    last_refusal_ = now;
    if (++refusals_ < refusals_to_drop) return false;
    drop();
    return true;
}

void key_slot::forget_refusals() noexcept {
    refusals_ = 0;
    last_refusal_.reset();
}

bool key_slot::begin_exchange() noexcept {
    if (exchanging_) return false;
    exchanging_ = true;
    return true;
}

void key_slot::end_exchange() {
    exchanging_ = false;
    changed_.notify();
}

}  // namespace mtproto::net
