// How many sessions use one authorization key at a time, where more than a few are punished (protocol 8.7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace mtproto::localdc {

/// A session is in use on the connection that it was used on last. Pure.
class session_limit {
  public:
    /// A query came; returns how many sessions its key has in use now. `dc` and `key` name the key that
    /// encrypts.
    std::size_t used(int dc, std::int64_t key, std::int64_t connection, std::int64_t session);
    void forget(std::int64_t connection) { in_use_.erase(connection); }

  private:
    struct use {
        std::pair<int, std::int64_t> key;
        std::int64_t session = 0;
    };
    std::map<std::int64_t, use> in_use_;  // by connection
};

}  // namespace mtproto::localdc
