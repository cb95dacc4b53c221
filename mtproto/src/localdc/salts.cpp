// Salts by number: the n-th half hour of a key has the n-th salt.
#include "localdc/salts.hpp"

#include "base/endian.hpp"
#include "crypto/sha.hpp"

#include <algorithm>
#include <array>

namespace mtproto::localdc {
namespace {

constexpr unix_time rotation = std::chrono::minutes(30);
constexpr unix_time afterlife = std::chrono::seconds(1800);

std::int32_t seconds(unix_time time) {
    return static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

}  // namespace

std::int64_t salt_schedule::period(unix_time now) const noexcept {
    return std::max<std::int64_t>((now - born_) / rotation, 0);
}

timed_salt salt_schedule::at(std::int64_t period) const {
    timed_salt made;
    const unix_time since = born_ + period * rotation;
    made.valid_since = seconds(since);
    made.valid_until = seconds(since + rotation + afterlife);
    made.salt = first_;
    if (period > 0) {
        std::array<std::byte, 24> seed;
        store_le(seed.data(), first_);
        store_le(seed.data() + 8, secret_);
        store_le(seed.data() + 16, period);
        made.salt = load_le<std::int64_t>(crypto::sha256(seed).data());
    }
    return made;
}

bool salt_schedule::accepts(std::int64_t salt, unix_time now) const {
    const std::int64_t current = period(now);
    return salt == at(current).salt || (current > 0 && salt == at(current - 1).salt);
}

std::vector<timed_salt> salt_schedule::upcoming(unix_time now, int count) const {
    std::vector<timed_salt> made;
    const std::int64_t first = period(now);
    made.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        made.push_back(at(first + i));
    return made;
}

}  // namespace mtproto::localdc
