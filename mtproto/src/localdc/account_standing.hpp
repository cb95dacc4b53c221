// What the servers think of one account, and what that means for the logins that it has.
#pragma once

#include <mtproto/local_dc.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mtproto::localdc {

/// An account is frozen at this moment, until another, both in seconds since 1970.
struct freeze_notice {
    std::int32_t since = 0;
    std::int32_t until = 0;
    std::string appeal_url;
};

/// Logins are numbered by how often all of them were ended before they began. Pure.
class account_standing {
  public:
    account_standing() = default;
    explicit account_standing(const local_account& of)
        : freeze_lasts_(of.freeze_lasts), notice_{0, 0, of.freeze_appeal_url} {}

    /// `date`: seconds since 1970.
    void set(local_account_state state, std::int32_t date);

    /// The number of a login that begins now.
    int login_number() const noexcept { return ended_; }
    /// Whether nobody signs in to it any more.
    bool is_gone() const noexcept;
    bool is_frozen() const noexcept { return state_ == local_account_state::frozen; }
    /// The name of the 401 that a login gets; empty for none.
    std::string_view refusal_of(int login_number) const noexcept;
    const freeze_notice& notice() const noexcept { return notice_; }

  private:
    local_account_state state_ = local_account_state::active;
    int ended_ = 0;
    bool ended_by_user_ = false;  // the last time
    std::chrono::seconds freeze_lasts_{0};
    freeze_notice notice_;
};

}  // namespace mtproto::localdc
