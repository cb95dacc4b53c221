// A request's permit to be under way: past the account's flood gate, in its turn on a shared connection.
#pragma once

#include "schedule/fair_queue.hpp"
#include "schedule/flood_gate.hpp"

#include <utility>

namespace mtproto::schedule {

/// Ends once: answered, refused, or dropped when it dies. A probe that nobody waits for any more must not
/// keep the account's other downloads waiting, nor its bytes the connection.
class permit {
  public:
    permit() = default;
    /// Passes `gate`, which must be open, with a request for `size` bytes.
    permit(flood_gate& gate, const wakeable& who, std::int32_t size, time_point now)
        : gate_(&gate),
          probe_(gate.enter(now, size, who) == flood_gate::pass::probe),
          size_(size),
          sent_(now) {}
    permit(permit&& other) noexcept { swap(other); }
    permit& operator=(permit&& other) noexcept {
        swap(other);
        return *this;
    }
    ~permit() { end({}, false, false); }

    /// Counts in `queue` from now on, as a request over its own `connection`.
    void count_in(fair_queue::flow& queue, int connection) {
        queue_ = &queue;
        grant_ = queue.go(connection, size_, sent_);
    }
    /// `by_connection`: the time it took tells what the connection carries.
    void answered(time_point now, bool by_connection) noexcept;
    /// The server asks to wait. The gate hears of that before a probe's end would open it to others.
    void refused(time_point now, duration wait);

  private:
    void end(time_point now, bool answered, bool by_connection) noexcept;
    void swap(permit& other) noexcept {
        std::swap(gate_, other.gate_);
        std::swap(probe_, other.probe_);
        std::swap(size_, other.size_);
        std::swap(sent_, other.sent_);
        std::swap(queue_, other.queue_);
        std::swap(grant_, other.grant_);
    }

    flood_gate* gate_ = nullptr;  ///< none once it has ended
    bool probe_ = false;
    std::int32_t size_ = 0;
    time_point sent_{};
    fair_queue::flow* queue_ = nullptr;  ///< none where connections are not shared
    fair_queue::grant grant_;
};

}  // namespace mtproto::schedule
