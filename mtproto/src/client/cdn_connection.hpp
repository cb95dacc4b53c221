// A connection for files to a CDN: every answer goes to the caller.
#pragma once

#include "client/account_connections.hpp"
#include "net/connection.hpp"

#include <memory>
#include <string>
#include <utility>

namespace mtproto::core {

class cdn_connection final : public file_connection {
  public:
    explicit cdn_connection(std::shared_ptr<net::connection> connection)
        : connection_(std::move(connection)) {}

    io::awaitable<outcome<bytes>> call(bytes request, std::string_view method) override;
    io::awaitable<outcome<void>> check() override { return net::connection::check(connection_); }
    duration min_rtt() const override { return connection_->min_rtt(); }
    std::optional<wait_info> wait() const override { return connection_->wait(); }
    bool serves() const override { return connection_->serves(); }

    void set_addresses(std::vector<io::endpoint> addresses) {
        connection_->set_addresses(std::move(addresses));
    }
    void close() noexcept { connection_->close(); }

  private:
    std::shared_ptr<net::connection> connection_;
};

}  // namespace mtproto::core
