// Flood waits that servers told one account: waited out before a request, and looked ahead to.
#pragma once

#include "client/account_state.hpp"
#include "client/wait_list.hpp"

#include <optional>
#include <string>

namespace mtproto::core {

/// Not thread safe. The account outlives it.
class flood_waits {
  public:
    explicit flood_waits(account_state& account) : account_(account) {}

    /// Returns when a request for `method` may go to `dc`; `wait` tells so meanwhile. Errors: the server's
    /// own, 420, at once when the wait is longer than config::max_wait; connection_closed; cancelled.
    io::awaitable<outcome<void>> wait_out(int dc, const std::string& method, wait_list::request& wait);
    /// The end of the last wait for what a connection for files to `dc` begins with: the import of the
    /// authorization, the binding of a key.
    std::optional<time_point> before_files(int dc);

  private:
    account_state& account_;
};

}  // namespace mtproto::core
