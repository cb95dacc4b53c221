// TCP sockets and the machine's clock, behind the interfaces of this room.
#pragma once

#include "io/network.hpp"
#include "io/timers.hpp"

namespace mtproto::io {

class socket_network final : public network {
  public:
    explicit socket_network(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    awaitable<result<std::unique_ptr<stream>>> connect(const endpoint& where) override;
    result<std::unique_ptr<acceptor>> listen(const endpoint& where) override;

  private:
    asio::any_io_executor executor_;
};

class machine_timers final : public timers {
  public:
    explicit machine_timers(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    time_point now() const override { return system_clock().now(); }
    unix_time unix_now() const override { return system_clock().unix_now(); }
    awaitable<result<void>> sleep_until(time_point when) override;

  private:
    asio::any_io_executor executor_;
};

}  // namespace mtproto::io
