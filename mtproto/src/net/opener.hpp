// Collects the packets that all connections of a client receive and opens them side by side.
#pragma once

#include "io/awaitable.hpp"
#include "wire/envelope.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace mtproto::net {

/// Who gets a packet back. Packets of one receiver come back in the order in which they were submitted.
class packet_receiver {
  public:
    virtual ~packet_receiver() = default;
    /// `line` is what submit was given: a packet of a line that is gone meanwhile is to be ignored.
    virtual void opened(std::uint64_t line, result<wire::opened> what) = 0;
    /// What has come of a packet that was begun is wanted now: others are about to be opened.
    virtual void bring() {}
};

/// IGE is serial within a packet: one alone leaves most of the AES units idle, and four or more side by side
/// run at nearly four times the speed. So a packet waits until all that can be read now was read, and takes
/// those of other lines along that are not whole yet. Not thread safe.
class opener {
  public:
    explicit opener(io::asio::any_io_executor executor);
    ~opener();
    opener(const opener&) = delete;
    opener& operator=(const opener&) = delete;

    /// A packet that comes to `to`. Forgotten with the last reference.
    std::shared_ptr<wire::opening> begin(wire::open_job of, std::size_t received,
                                         std::weak_ptr<packet_receiver> to);
    /// Opens a packet that is whole.
    void submit(std::shared_ptr<wire::opening> whole, std::weak_ptr<packet_receiver> to, std::uint64_t line);
    /// Opens what waits, now: for a line that ends, whose packets nobody could take later.
    void flush();

  private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace mtproto::net
