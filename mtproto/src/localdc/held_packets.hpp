// Packets that a fault holds back: until a time, or until another overtakes them.
#pragma once

#include "traffic/fault.hpp"
#include "wire/packet.hpp"

#include <mtproto/clock.hpp>

#include <cstddef>
#include <map>
#include <optional>

namespace mtproto::localdc {

/// Pure: the caller brings the time.
class held_packets {
  public:
    struct held {
        traffic::direction way = traffic::direction::out;
        bool until_overtaken = false;
        wire::packet data;
    };

    /// Whether there is room for so many bytes more.
    bool takes(std::size_t size) const noexcept;
    void add(held packet, time_point until);
    /// A packet went by: those of its way that waited for it are due. Whether there were any.
    bool overtake(traffic::direction way, time_point now);
    /// The next that is due, or nothing.
    std::optional<held> take_due(time_point now);
    /// When the next one is due.
    std::optional<time_point> next() const;

  private:
    std::multimap<time_point, held> packets_;  // by when they are due
    std::size_t bytes_ = 0;
};

}  // namespace mtproto::localdc
