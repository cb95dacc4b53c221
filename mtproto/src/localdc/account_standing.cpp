// Names of refusals, and the numbers of logins.
#include "localdc/account_standing.hpp"

#include <algorithm>
#include <limits>

namespace mtproto::localdc {

void account_standing::set(local_account_state state, std::int32_t date) {
    state_ = state;
    if (state == local_account_state::signed_out || state == local_account_state::revoked) {
        ++ended_;
        ended_by_user_ = state == local_account_state::revoked;
    }
    if (!is_frozen()) return;
    constexpr std::int64_t last = std::numeric_limits<std::int32_t>::max();
    notice_.since = date;
    notice_.until = static_cast<std::int32_t>(std::min(last, date + freeze_lasts_.count()));
}

bool account_standing::is_gone() const noexcept {
    return state_ == local_account_state::banned || state_ == local_account_state::deactivated;
}

std::string_view account_standing::refusal_of(int login_number) const noexcept {
    if (state_ == local_account_state::banned) return "USER_DEACTIVATED_BAN";
    if (state_ == local_account_state::deactivated) return "USER_DEACTIVATED";
    if (login_number >= ended_) return {};
    return ended_by_user_ ? "SESSION_REVOKED" : "AUTH_KEY_UNREGISTERED";
}

}  // namespace mtproto::localdc
