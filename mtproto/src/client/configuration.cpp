// When the configuration is fetched, and by whom.
#include "client/configuration.hpp"

#include "base/scope_exit.hpp"

#include <mtproto/tl_api.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace mtproto::core {
namespace {

/// Bounds on how long a configuration is good for, whatever the server says.
constexpr std::chrono::seconds shortest_life = std::chrono::minutes(10);
constexpr std::chrono::seconds longest_life = std::chrono::hours(24);
/// When it could not be had, requests do not wait for another try before this has passed: each would wait
/// until the home data centre is given up.
constexpr duration retry_after = std::chrono::minutes(1);

}  // namespace

configuration::configuration(account_state& account, invoker& home, std::function<void()> on_update)
    : account_(account),
      home_(home),
      on_update_(std::move(on_update)),
      refreshed_(account.environment().executor) {}

io::awaitable<outcome<void>> configuration::refresh() {
    while (refreshing_) {
        const int fetched_before = fetches_;
        if (!co_await refreshed_.wait()) co_return errc::cancelled;
        if (fetches_ != fetched_before) co_return outcome<void>{};
    }
    refreshing_ = true;
    const scope_exit at_end([this] {
        refreshing_ = false;
        refreshed_.notify();
    });
    tried_at_ = account_.now();
    outcome<void> fetched = co_await fetch();
    if (!fetched && due_) due_ = account_.now() + retry_after;
    co_return fetched;
}

io::awaitable<void> configuration::refresh_if_due() {
    if (!due_ || *due_ > account_.now() || refreshing_) co_return;
    // A stale configuration is better than none: the request itself will show.
    const outcome<void> fetched = co_await refresh();
    if (!fetched) account_.log(log_level::warning, "no fresh configuration: " + fetched.error().message());
}

bool configuration::expire() {
    // Not for each connection that meets with it, nor for ever when the fresh ones are wrong, too.
    if (account_.lifetime.closed() || refreshing_) return false;
    if (tried_at_ && account_.now() < *tried_at_ + retry_after) return false;
    due_ = account_.now();
    return true;
}

io::awaitable<outcome<void>> configuration::require(int dc) {
    if (const outcome<void> usable = account_.lifetime.check(); !usable) co_return usable.error();
    const dc_table& known = account_.servers.addresses;
    if (!known.knows(dc) && dc != account_.session.home())
        if (const outcome<void> fetched = co_await refresh(); !fetched) co_return fetched.error();
    if (!known.knows(dc))
        co_return failure(errc::bad_argument, "no address is known for DC " + std::to_string(dc));
    co_return outcome<void>{};
}

io::awaitable<outcome<void>> configuration::fetch() {
    const tl::help::getConfig request{};
    const outcome<tl::config> fetched = co_await call(home_, request);
    if (!fetched) co_return fetched.error();
    account_.servers.update(*fetched, account_.settings.obfuscated);
    on_update_();
    ++fetches_;
    const std::chrono::seconds life(fetched->expires - std::int64_t{fetched->date});
    due_ = account_.now() + std::clamp(life, shortest_life, longest_life);
    co_return outcome<void>{};
}

}  // namespace mtproto::core
