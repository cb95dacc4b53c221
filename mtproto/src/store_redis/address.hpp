// Where a Redis server is, and what it wants to hear first: from a URL.
#pragma once

#include <mtproto/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mtproto::store_redis {

struct address {
    std::string host;
    std::uint16_t port = 6379;
    std::string user;
    std::string password;  ///< empty: none
    int database = 0;
    bool tls = false;

    /// For people: no user and no password.
    std::string name() const;
};

/// Error: errc::bad_argument, which quotes nothing.
outcome<address> address_of(std::string_view url);

}  // namespace mtproto::store_redis
