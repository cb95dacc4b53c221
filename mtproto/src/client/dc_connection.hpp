// A connection for files to a data centre. The net::connection that carries it may change.
#pragma once

#include "client/connected_account.hpp"
#include "net/connection.hpp"

#include <memory>

namespace mtproto::core {

class dc_connection final : public file_connection {
  public:
    dc_connection(std::weak_ptr<connected_account> account, int dc, int index)
        : account_(std::move(account)), dc_(dc), index_(index) {}

    io::awaitable<outcome<bytes>> call(bytes request, std::string_view method) override;
    io::awaitable<outcome<void>> check() override;
    duration min_rtt() const override;
    std::optional<wait_info> wait() const override;
    bool serves() const override;

  private:
    std::shared_ptr<const net::connection> present() const;

    std::weak_ptr<connected_account> account_;
    int dc_;
    int index_;
};

}  // namespace mtproto::core
