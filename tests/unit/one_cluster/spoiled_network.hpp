// A network on which something interferes with what servers send, as a proxy or a broken middlebox may.
#pragma once

#include "io/network.hpp"
#include "io/timers.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace mtproto::test {

/// Must outlive its streams.
class spoiled_network final : public io::network {
  public:
    enum class mode {
        none,
        stall,    ///< nothing passes, and is lost
        hold,     ///< nothing passes until this is over, as without a network
        flip,     ///< one bit of each read, or of each 16 KiB, is another
        garbage,  ///< other bytes, as many
        trickle,  ///< a byte a second
    };
    struct settings {
        mode how = mode::none;
        /// Which connections; not set: all.
        std::function<bool(const io::endpoint&)> to = nullptr;
        std::int64_t after = 0;  ///< bytes that came over them
        /// The first packet that comes under a key comes once more before the next, on each line: when the
        /// key was made there it is a late one of the binding session. Of unobfuscated connections.
        bool repeats = false;
    };

    spoiled_network(io::network& under, io::timers& time) : under_(&under), time_(&time) {}

    io::awaitable<result<std::unique_ptr<io::stream>>> connect(const io::endpoint& where) override;
    result<std::unique_ptr<io::acceptor>> listen(const io::endpoint& where) override {
        return under_->listen(where);
    }
    void set(settings how) { *how_ = std::move(how); }
    int repeated() const noexcept { return *repeated_; }

  private:
    class stream;

    io::network* under_;
    io::timers* time_;
    std::shared_ptr<settings> how_ = std::make_shared<settings>();
    std::shared_ptr<std::int64_t> came_ = std::make_shared<std::int64_t>(0);
    std::shared_ptr<int> repeated_ = std::make_shared<int>(0);
};

}  // namespace mtproto::test
