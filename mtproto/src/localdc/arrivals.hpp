// Packets of a client that have come and are still on their way, as the connection's path has it.
#pragma once

#include "io/environment.hpp"
#include "io/event.hpp"
#include "traffic/path.hpp"
#include "wire/packet.hpp"

#include <mtproto/clock.hpp>

#include <cstddef>
#include <deque>

namespace mtproto::localdc {

class arrivals {
  public:
    /// `env` must outlive it.
    arrivals(const io::environment& env, const traffic::path& path);

    void add(wire::packet data);
    /// The next packet, when it is due. Error: errc::cancelled.
    io::awaitable<result<wire::packet>> next();
    /// Whether the client has to wait.
    bool full() const noexcept;
    /// A packet was added or taken.
    io::event& changed() noexcept { return changed_; }

  private:
    struct incoming {
        time_point due{};
        wire::packet data;
    };

    io::timers& time_;
    traffic::path path_;
    std::deque<incoming> packets_;
    std::size_t bytes_ = 0;
    io::event changed_;
};

}  // namespace mtproto::localdc
