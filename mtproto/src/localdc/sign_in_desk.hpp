// What signing in leaves at a cluster: codes, tokens, passwords that were recovered.
#pragma once

#include "localdc/login_tokens.hpp"
#include "localdc/sent_codes.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace mtproto::localdc {

struct sign_in_desk {
    sent_codes codes;
    login_tokens tokens;
    std::set<std::int64_t> without_password;            ///< users who recovered theirs, and so have none
    std::map<std::string, std::int64_t> future_tokens;  ///< users, by tokens that stand for a code
};

}  // namespace mtproto::localdc
