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
};

/// IGE is serial within a packet: one alone leaves most of the AES units idle, and four or more side by side
/// run at nearly four times the speed. So packets wait for company as long as reads keep bringing more, and
/// not at all when none does. Not thread safe.
class opener {
  public:
    /// A batch is opened as soon as it has this many packets: as many streams as the cipher interleaves.
    static constexpr std::size_t full_batch = 8;
    /// Or this many bytes, so that what waits stays within the processor's cache and the memory bound.
    static constexpr std::size_t full_bytes = 4u << 20;
    /// Or after this many turns of the executor, each of which lets every connection read once. At 64 KiB a
    /// read, a packet of 512 KiB takes 8 turns.
    static constexpr int patience = 16;

    explicit opener(io::asio::any_io_executor executor);
    ~opener();
    opener(const opener&) = delete;
    opener& operator=(const opener&) = delete;

    void submit(wire::open_job job, std::weak_ptr<packet_receiver> to, std::uint64_t line);
    /// Opens what waits, now: for a line that ends, whose packets nobody could take later.
    void flush();
    /// Counts the reads that brought something; the connections increment it.
    std::uint64_t& reads() noexcept;

  private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace mtproto::net
