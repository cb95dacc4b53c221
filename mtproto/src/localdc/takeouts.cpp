// The delay of a first takeout, and the one that is open.
#include "localdc/takeouts.hpp"

namespace mtproto::localdc {

std::optional<std::chrono::seconds> takeouts::asked(std::int64_t user, time_point now) {
    takeout& of = by_user_[user];
    if (!of.not_before) of.not_before = now + delay_;
    if (now >= *of.not_before) return std::nullopt;
    return std::chrono::ceil<std::chrono::seconds>(*of.not_before - now);
}

bool takeouts::is_open(std::int64_t user, std::int64_t id) const {
    const auto found = by_user_.find(user);
    return found != by_user_.end() && found->second.id == id;
}

}  // namespace mtproto::localdc
