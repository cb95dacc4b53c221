// The configuration that servers give (help.getConfig): fetched when it is due, by one at a time.
#pragma once

#include "client/account_state.hpp"
#include "io/event.hpp"

#include <functional>
#include <optional>

namespace mtproto::core {

/// Not thread safe. Its arguments outlive it, and its callers hold the account.
class configuration {
  public:
    /// `home`: asks the home data centre. `on_update`: called after each.
    configuration(account_state& account, invoker& home, std::function<void()> on_update);

    /// Fetches it, or waits for another that does.
    io::awaitable<outcome<void>> refresh();
    /// The same when it is due and nobody does. A failure is for the log: the old one stands.
    io::awaitable<void> refresh_if_due();
    /// An address was wrong. True: the caller is to call refresh_if_due, which will fetch. False: not again
    /// so soon.
    bool expire();
    bool refreshing() const noexcept { return refreshing_; }

    /// Makes sure that addresses of `dc` are known. Errors: errc::connection_closed, not_connected,
    /// bad_argument for an unknown data centre, and those of the refresh.
    io::awaitable<outcome<void>> require(int dc);

  private:
    io::awaitable<outcome<void>> fetch();

    account_state& account_;
    invoker& home_;
    std::function<void()> on_update_;
    std::optional<time_point> due_;
    std::optional<time_point> tried_at_;
    int fetches_ = 0;  // that succeeded
    bool refreshing_ = false;
    io::event refreshed_;
};

}  // namespace mtproto::core
