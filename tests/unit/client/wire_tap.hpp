// A network that notes under which keys packets leave, and how much comes back; it can forge refusals.
#pragma once

#include "io/network.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace mtproto::test {

/// Of unobfuscated connections. Must outlive its streams.
class wire_tap final : public io::network {
  public:
    explicit wire_tap(io::network& under) : under_(&under) {}

    io::awaitable<result<std::unique_ptr<io::stream>>> connect(const io::endpoint& where) override;
    result<std::unique_ptr<io::acceptor>> listen(const io::endpoint& where) override {
        return under_->listen(where);
    }

    struct packet {
        int connection = 0;  ///< from 1
        io::endpoint to;
        std::int64_t key_id = 0;  ///< 0: of a key exchange
    };
    const std::vector<packet>& sent() const noexcept { return *sent_; }
    /// Under which packets went to `where`.
    std::set<std::int64_t> keys(const io::endpoint& where) const;
    std::int64_t bytes_received() const noexcept { return *received_; }
    int connections() const noexcept { return connections_; }
    /// Lets key exchanges pass and answers whatever is encrypted with -404, in intermediate frames.
    void forge_refusals(bool on) noexcept { *forging_ = on; }

  private:
    class stream;

    io::network* under_;
    std::shared_ptr<std::vector<packet>> sent_ = std::make_shared<std::vector<packet>>();
    std::shared_ptr<std::int64_t> received_ = std::make_shared<std::int64_t>(0);
    std::shared_ptr<bool> forging_ = std::make_shared<bool>(false);
    int connections_ = 0;
};

}  // namespace mtproto::test
