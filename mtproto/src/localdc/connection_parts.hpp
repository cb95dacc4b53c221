// The parts of a connection that the answers to its client's messages need.
#pragma once

#include "traffic/fault.hpp"

#include <mtproto/clock.hpp>

namespace mtproto::localdc {

struct cluster;
struct data_centre;
class faulty_link;
class outbox;
class slow_answers;

class connection_control {
  public:
    virtual void apply_fault(const traffic::fault& fault) = 0;
    virtual void close() noexcept = 0;
    /// The client names its own time (ping_delay_disconnect).
    virtual void close_at(time_point when) = 0;

  protected:
    ~connection_control() = default;
};

struct connection_parts {
    localdc::cluster& cluster;
    data_centre& dc;
    connection_control& control;
    faulty_link& link;
    outbox& out;
    slow_answers& slow;
};

}  // namespace mtproto::localdc
