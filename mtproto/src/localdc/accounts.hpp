// Accounts by phone number and bot token, and logins carried between data centres.
#pragma once

#include "localdc/account_standing.hpp"
#include "localdc/password_check.hpp"
#include "localdc/sign_in_desk.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/random.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace mtproto::localdc {

struct account {
    std::int64_t id = 0;
    std::string phone{};  ///< digits only; empty for a bot
    std::string first_name{};
    std::string last_name{};
    bool bot = false;
    bool premium = false;
    std::optional<password_check> password{};  ///< of its own
    account_standing standing{};
};

/// The digits of a phone number as people write it.
std::string phone_digits(std::string_view written);

/// Every phone number and bot token that comes has an account, but for those numbers that must sign up first.
class accounts {
  public:
    explicit accounts(std::set<std::string> unregistered) : unregistered_(std::move(unregistered)) {}

    /// The account of a number, made when it is new; null when it must sign up first.
    const account* by_phone(const std::string& phone);
    const account& sign_up(const std::string& phone, std::string first_name, std::string last_name);
    const account& by_bot_token(const std::string& token);
    const account* by_id(std::int64_t id) const;
    /// The account of a number, if there is one by now.
    const account* known_phone(const std::string& phone) const;

    /// An account of the options. Errors: errc::bad_argument for one that is none, or is there already.
    outcome<const account*> add_known(const local_account& known, random_source& random, std::int32_t date);
    /// False when there is no such account. Logins that are on their way end with the others.
    bool set_state(std::int64_t id, local_account_state state, std::int32_t date);

    /// Two-step verification, for every account that has no password of its own; nothing: off.
    std::optional<password_check> password;
    /// Null: it has no password, or has recovered it.
    const password_check* password_of(const account& who) const;
    sign_in_desk desk;

    /// A login on its way to another data centre; good once.
    bytes export_login(std::int64_t user, int to_dc, random_source& random);
    /// Whether these bytes stand for this user here; they do not any more afterwards.
    bool import_login(std::int64_t user, const bytes& ticket, int here);

  private:
    struct ticket {
        std::int64_t user = 0;
        int dc = 0;
    };

    const account& add(account made);
    void make_room();

    std::set<std::string> unregistered_;
    std::map<std::int64_t, account> by_id_;
    std::map<std::string, std::int64_t> by_phone_;
    std::map<std::string, ticket> tickets_;
    std::int64_t next_id_ = 777'100'000;
};

}  // namespace mtproto::localdc
