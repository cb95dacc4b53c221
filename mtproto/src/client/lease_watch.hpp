// Tells an account, on its executor, what becomes of its lease.
#pragma once

#include "io/awaitable.hpp"

#include <mtproto/account_lease.hpp>

#include <boost/asio/post.hpp>

#include <memory>
#include <utility>

namespace mtproto::core {

/// Not thread safe, but for the lease.
class lease_watch {
  public:
    lease_watch() = default;
    lease_watch(const lease_watch&) = delete;
    lease_watch& operator=(const lease_watch&) = delete;
    ~lease_watch() { end(); }

    /// `told` runs on `executor`, perhaps after end(). Nothing for a store without a lease.
    void begin(std::shared_ptr<account_lease> lease, const io::asio::any_io_executor& executor,
               account_lease::listener told) {
        end();
        lease_ = std::move(lease);
        if (!lease_) return;
        lease_->on_change([executor, told = std::move(told)](lease_state to, const failure& why) {
            io::asio::post(executor, [told, to, why] { told(to, why); });
        });
    }
    void end() noexcept {
        if (lease_) lease_->on_change({});
        lease_.reset();
    }

  private:
    std::shared_ptr<account_lease> lease_;
};

}  // namespace mtproto::core
