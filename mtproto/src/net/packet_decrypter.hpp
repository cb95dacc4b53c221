// Collects the packets that all connections of a client receive and decrypts them side by side.
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
    /// `epoch` is what submit was given: a packet of a session or link that is gone is to be ignored.
    virtual void decrypted(std::uint64_t epoch, result<wire::opened> message) = 0;
    /// What has come of a packet that was begun is to be read now: others are about to be decrypted.
    virtual void hurry_read() {}
};

/// IGE is serial within a packet: one alone leaves most of the AES units idle, and four or more side by side
/// run at nearly four times the speed. So a packet waits until all that can be read now was read, and takes
/// those of other links along that are not whole yet. Not thread safe.
class packet_decrypter {
  public:
    explicit packet_decrypter(io::asio::any_io_executor executor);
    ~packet_decrypter();
    packet_decrypter(const packet_decrypter&) = delete;
    packet_decrypter& operator=(const packet_decrypter&) = delete;

    /// A packet that comes to `to`. Forgotten with the last reference.
    std::shared_ptr<wire::decryption> begin(wire::open_job of, std::size_t received,
                                            std::weak_ptr<packet_receiver> to);
    /// Decrypts a packet that is whole.
    void submit(std::shared_ptr<wire::decryption> whole, std::weak_ptr<packet_receiver> to,
                std::uint64_t epoch);
    /// Decrypts what waits, now: for a link that ends, whose packets nobody could take later.
    void flush();

  private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace mtproto::net
