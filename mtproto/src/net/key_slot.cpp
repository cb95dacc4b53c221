// Keeping one key for several connections.
#include "net/key_slot.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::net {
namespace {

constexpr duration most_ahead = std::chrono::hours(1);  // of a key's end its renewal begins (protocol 3.1)
constexpr int share_ahead = 4;                          // ... and this part of a short life
constexpr int share_spread = 4;                         // of that: how far renewals are spread

}  // namespace

key_life life_of(std::chrono::seconds lifetime, time_point asked, random_source& random) {
    key_life life;
    life.end = asked + lifetime;
    const duration ahead = std::min<duration>(most_ahead, duration(lifetime) / share_ahead);
    const auto spread = static_cast<std::uint64_t>(duration(ahead / share_spread).count());
    const auto earlier = static_cast<duration::rep>(random.next_u64() % (spread + 1));
    life.renew_at = life.end - ahead - duration(earlier);
    return life;
}

const std::shared_ptr<const crypto::auth_key>& key_slot::key() const noexcept {
    static const std::shared_ptr<const crypto::auth_key> none;
    return permanent_ && bound_to_ != permanent_->key() ? none : key_;
}

void key_slot::set(std::shared_ptr<const crypto::auth_key> key, session::salt_book salts,
                   duration time_offset, std::optional<key_life> life) {
    key_ = std::move(key);
    if (permanent_) bound_to_ = permanent_->key();
    salts_ = std::move(salts);
    set_time_offset(time_offset);
    life_ = life;
    doubt_.clear();
    if (on_change) on_change(true);
    changed_.notify();
}

void key_slot::set_salts(session::salt_book salts) {
    salts_ = std::move(salts);
    if (on_change) on_change(false);
}

void key_slot::set_time_offset(duration offset) noexcept {
    if (permanent_)
        permanent_->set_time_offset(offset);
    else
        time_offset_ = offset;
}

void key_slot::drop(bool proved) {
    key_.reset();
    bound_to_.reset();
    salts_ = {};
    life_.reset();
    doubt_.clear();
    if (on_drop) on_drop(proved);
    changed_.notify();
}

bool key_slot::refused(const std::shared_ptr<const crypto::auth_key>& key, time_point now) {
    if (!key || key != key_) return false;  // an older one: of the present key it tells nothing
    if (temporary()) {
        drop(false);
        return true;
    }
    doubt_.refused(now);
    return false;
}

bool key_slot::disowned(const std::shared_ptr<const crypto::auth_key>& key, time_point now) {
    if (!key || key != key_ || temporary()) return false;
    if (!doubt_.disowned(now)) return false;
    drop(false);
    return true;
}

void key_slot::expire(time_point now) {
    if (life_ && now >= life_->end) drop();
}

void key_slot::postpone_renewal(time_point until) noexcept {
    if (life_) life_->renew_at = until;
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

io::awaitable<outcome<void>> key_slot::exchange_of_another(bool media) {
    const int& unanswered = unanswered_[media ? 1 : 0];
    const int before = unanswered;
    if (const result<void> waited = co_await changed_.wait(); !waited) co_return failure(waited.error());
    if (!key() && unanswered != before) co_return failure(errc::timed_out);
    co_return outcome<void>();
}

}  // namespace mtproto::net
