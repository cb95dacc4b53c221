// Connections inside one process, for tests: deterministic, no ports, no kernel.
#pragma once

#include "io/network.hpp"

#include <map>

namespace mtproto::io {

/// Endpoints are told apart by host and port; nothing is resolved. Must outlive its acceptors.
class pipe_network final : public network {
  public:
    /// A writer waits while `capacity` bytes of one direction are unread.
    explicit pipe_network(asio::any_io_executor executor, std::size_t capacity = 1u << 20)
        : executor_(std::move(executor)), capacity_(capacity) {}

    awaitable<result<std::unique_ptr<stream>>> connect(const endpoint& where) override;
    result<std::unique_ptr<acceptor>> listen(const endpoint& where) override;

    /// Two ends that are already connected.
    std::pair<std::unique_ptr<stream>, std::unique_ptr<stream>> make_pair();

  private:
    friend class pipe_acceptor;

    asio::any_io_executor executor_;
    std::size_t capacity_;
    std::map<std::string, class pipe_acceptor*> listening_;
    std::uint16_t next_port_ = 40000;
};

}  // namespace mtproto::io
