// The account's authorizations at data centres: exported from home, imported once (protocol 7.5).
#pragma once

#include "client/account_state.hpp"
#include "client/configuration.hpp"
#include "client/dc_pool.hpp"
#include "client/flood_waits.hpp"
#include "io/event.hpp"

#include <map>

namespace mtproto::core {

/// Not thread safe. Its arguments outlive it, and its callers hold the account.
class authorizations {
  public:
    authorizations(account_state& account, configuration& servers, dc_pool& pool, flood_waits& floods,
                   invoker& home)
        : account_(account), configuration_(servers), pool_(pool), floods_(floods), home_(home) {}

    /// Makes sure that the account may ask `dc`. Once, however many ask for it, who all hear of a failure.
    /// Nothing to do at home, or before a login. Errors: those of the way there, the servers'.
    io::awaitable<outcome<void>> ensure(int dc);
    /// How often the account was authorized at `dc`. Taken before a request, it tells lost() which
    /// authorization the answer is about.
    int count(int dc) const;
    /// The data centre said that it knows no authorization: the next ensure() imports it again. At home, the
    /// login is gone. Nothing happens when there was another one since `authorization`.
    void lost(int dc, int authorization);
    /// A login at home.
    void logged_in();

  private:
    struct at_dc {
        explicit at_dc(const io::asio::any_io_executor& executor) : imported(executor) {}

        int count = 0;  // imports, and logins at home
        bool importing = false;
        int failures = 0;
        failure last_failure;
        io::event imported;  // or failed
    };

    at_dc& entry(int dc);
    io::awaitable<outcome<void>> import_to(int dc);

    account_state& account_;
    configuration& configuration_;
    dc_pool& pool_;
    flood_waits& floods_;
    invoker& home_;
    std::map<int, at_dc> entries_;
};

}  // namespace mtproto::core
