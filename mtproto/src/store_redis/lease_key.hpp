// A lease as a key of Redis: SET NX PX with a token, and a fence that grows.
#pragma once

#include "lease/kept_lease.hpp"
#include "store_redis/connection.hpp"

#include <mtproto/account_lease.hpp>

#include <memory>
#include <string>

namespace mtproto::store_redis {

/// The keys of one name share a hash tag, so that a script may use them together.
std::string key_of(const std::string& name, const char* kind);

/// Has a connection of its own, for the thread that renews.
class lease_key final : public lease::service {
  public:
    lease_key(std::unique_ptr<connection> over, std::string name, std::string token, const lease_times& times)
        : connection_(std::move(over)), name_(std::move(name)), token_(std::move(token)), times_(times) {}

    outcome<std::int64_t> take() override;
    outcome<void> renew(time_point deadline) override;
    void release() noexcept override;

  private:
    std::unique_ptr<connection> connection_;
    std::string name_;
    std::string token_;
    lease_times times_;
};

}  // namespace mtproto::store_redis
