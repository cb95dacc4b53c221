// A chat or a person that an account has met before, with the hash that opens it.
#pragma once

#include <cstdint>
#include <string>

namespace mtproto {

struct known_peer {
    enum class kind { channel, user };

    known_peer() = default;

    kind type = kind::channel;
    std::int64_t id = 0;           ///< bare: without the -100 of marked ids
    std::int64_t access_hash = 0;  ///< valid for one account only
    std::string username;          ///< without @; empty: none, or not known
};

}  // namespace mtproto
