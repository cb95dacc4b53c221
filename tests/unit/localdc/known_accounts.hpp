// Accounts for these tests: two users and a bot that the cluster knows, and what is asked of it in their
// name.
#pragma once

#include "film.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace mtproto::localdc::testing {

inline constexpr std::int64_t ann = 5001;
inline constexpr std::int64_t ben = 5002;
inline constexpr std::int64_t bot = 4242;  // as raw_client::sign_in has it
inline const std::string anns_number = "15550101";
inline const std::string bens_number = "15550102";

inline local_dc_options two_users_and_a_bot() {
    local_dc_options made;
    for (const auto& [id, number] : {std::pair(ann, anns_number), std::pair(ben, bens_number)}) {
        local_account one;
        one.id = id;
        one.phone = "+" + number;
        made.accounts.push_back(std::move(one));
    }
    local_account other;
    other.bot_token = "4242:token";
    made.accounts.push_back(std::move(other));
    return made;
}

inline bytes of_a_login() {
    return tl::encode(tl::updates::getState{});
}

inline bytes resolve_demo() {
    tl::contacts::resolveUsername made;
    made.username = "demo";
    return tl::encode(made);
}

}  // namespace mtproto::localdc::testing
