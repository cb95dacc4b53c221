// The scheduler's view of a cache: which bytes need no connection.
#pragma once

#include "schedule/part.hpp"

namespace mtproto::schedule {

class cache_view {
  public:
    virtual ~cache_view() = default;
    /// Whether these bytes are here, or on their way for others, so that they need no turn.
    virtual bool at_hand(const part_range& range) const = 0;
};

}  // namespace mtproto::schedule
