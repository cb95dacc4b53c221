// A lease as a row of a database: a token, a fence that grows, and the moment at which others may begin.
#pragma once

#include "lease/kept_lease.hpp"
#include "store_sqlite/database.hpp"

#include <mtproto/account_lease.hpp>

#include <memory>
#include <string>

namespace mtproto::store_sqlite {

/// Has a connection of its own, for the thread that renews.
class lease_row final : public lease::service {
  public:
    lease_row(std::unique_ptr<database> in, std::string name, std::string token, const lease_times& times)
        : database_(std::move(in)), name_(std::move(name)), token_(std::move(token)), times_(times) {}

    outcome<std::int64_t> take() override;
    outcome<void> renew(time_point deadline) override;
    void release() noexcept override;

  private:
    outcome<void> write(statement& into);

    std::unique_ptr<database> database_;
    std::string name_;
    std::string token_;
    lease_times times_;
};

/// True while the row still has this token: to be asked within the transaction that relies on it.
outcome<bool> holds_token(database& in, const std::string& name, const std::string& token);

}  // namespace mtproto::store_sqlite
