// Where authorization keys are used: one that is used at two places at a time was copied.
#pragma once

#include <mtproto/local_dc.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace mtproto::localdc {

/// A key is in use on each open connection that it was used on. Pure.
class key_places {
  public:
    explicit key_places(local_key_rule rule) noexcept : rule_(rule) {}

    /// A connection was accepted; `address` without a port.
    void accepted(std::int64_t connection, std::string address);
    /// initConnection came: `device` says the device and the program that it names.
    void named(std::int64_t connection, std::string device);
    /// A query came under `key`, the permanent one, of a data centre. True when the key is in use at another
    /// place as well.
    bool is_elsewhere(int dc, std::int64_t key, std::int64_t connection);
    void forget(std::int64_t connection) { in_use_.erase(connection); }

  private:
    struct use {
        std::string address;
        std::string device;  // empty: it did not say
        std::pair<int, std::int64_t> key{};
    };
    bool differ(const use& one, const use& other) const;

    local_key_rule rule_;
    std::map<std::int64_t, use> in_use_;  // by connection
};

}  // namespace mtproto::localdc
