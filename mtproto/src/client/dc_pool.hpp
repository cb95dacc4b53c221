// The data centres that one account uses, with the keys that its session has for them.
#pragma once

#include "client/account_state.hpp"
#include "client/data_centre.hpp"

#include <map>
#include <memory>

namespace mtproto::core {

/// Not thread safe.
class dc_pool {
  public:
    explicit dc_pool(std::shared_ptr<account_state> account) : account_(std::move(account)) {}

    /// Made when first asked for. The reference stays valid.
    data_centre& at(int dc);
    /// Null when it was never asked for.
    const data_centre* find(int dc) const;

    void set_addresses();
    /// Gives up all keys: the server forgets what they stood for.
    void forget_keys();
    void close() noexcept;

  private:
    std::shared_ptr<account_state> account_;
    std::map<int, std::shared_ptr<data_centre>> centres_;
};

}  // namespace mtproto::core
