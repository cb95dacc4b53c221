// Login tokens: asked for under one key, accepted under another (protocol 7.3).
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>
#include <mtproto/random.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::localdc {

/// The session that a token was asked for in.
struct token_owner {
    int dc = 0;
    std::int64_t key = 0;  ///< that encrypts
    std::int64_t session = 0;
    bool wants_updates = false;
};

struct login_token_state {
    token_owner owner;
    std::int64_t permanent_key = 0;
    std::vector<std::int64_t> except_users;
    unix_time asked_since{};  ///< for the first of this key's tokens, of which this is the last
    unix_time expires{};
    std::int64_t accepted_by = 0;  ///< a user; 0: nobody yet
};

class login_tokens {
  public:
    /// A key has one token at a time: the one before is void.
    bytes add(login_token_state made, random_source& random);
    /// The token that a key has here; null when there is none.
    login_token_state* of_key(int dc, std::int64_t permanent_key);
    login_token_state* find(byte_view token);
    bytes token_of(const login_token_state& one) const;
    /// It has served.
    void forget(byte_view token);

  private:
    std::map<std::string, login_token_state> tokens_;
};

}  // namespace mtproto::localdc
