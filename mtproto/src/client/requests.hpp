// One request to its end: floods waited out, migrations followed, passing faults tried again (protocol 6).
#pragma once

#include "client/account_state.hpp"
#include "client/authorizations.hpp"
#include "client/configuration.hpp"
#include "client/dc_pool.hpp"
#include "client/flood_waits.hpp"

#include <string>
#include <string_view>

namespace mtproto::core {

/// Asks over the main connections of an account's data centres. Not thread safe. Its arguments outlive it,
/// and its callers hold the account.
class requests final : public invoker {
  public:
    requests(account_state& account, configuration& servers, dc_pool& pool, authorizations& authorized,
             flood_waits& floods)
        : account_(account),
          configuration_(servers),
          pool_(pool),
          authorizations_(authorized),
          floods_(floods) {}

    /// Of another data centre than home the authorization is imported only once that says that it is missing.
    io::awaitable<outcome<bytes>> call(bytes request, std::string_view method, call_options options) override;

  private:
    bool may_follow(const std::string& method, int dc) const;
    io::awaitable<failure> with_freeze(failure why, wait_list::request& wait);

    account_state& account_;
    configuration& configuration_;
    dc_pool& pool_;
    authorizations& authorizations_;
    flood_waits& floods_;
};

}  // namespace mtproto::core
