// Sleeps that end with time or with the account.
#include "client/account_lifetime.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace mtproto::core {

void account_lifetime::close() noexcept {
    closed_ = true;
    closing_.notify();
}

outcome<void> account_lifetime::check() const {
    if (closed_) return errc::connection_closed;
    if (!connected_) return failure(errc::not_connected, "connect() comes first");
    return {};
}

io::awaitable<outcome<void>> account_lifetime::sleep_until(time_point when) {
    using namespace boost::asio::experimental::awaitable_operators;
    const auto first = co_await (time_.sleep_until(when) || closing_.wait());
    if (closed_) co_return errc::connection_closed;
    if (first.index() == 0 && std::get<0>(first)) co_return outcome<void>{};
    co_return errc::cancelled;
}

}  // namespace mtproto::core
