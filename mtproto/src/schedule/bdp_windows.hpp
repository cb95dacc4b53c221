// The windows of all connections of one stream, by their bandwidth-delay products.
#pragma once

#include "schedule/bounds.hpp"
#include "schedule/connection_estimate.hpp"

#include <array>

namespace mtproto::schedule {

class bdp_windows {
  public:
    void on_part(const window::part_report& report, time_point now);
    void on_connection_lost(int connection);

    int in_flight(int connection) const;
    std::int32_t part_size() const noexcept { return part_size_; }
    /// Nothing while too little is known of the connection.
    std::optional<duration> late_after(const window::pending_part& what) const;

    /// The shortest time that a part took, the path's and the part's own; 0 before the first.
    duration rtt() const noexcept { return rtt_; }
    /// Bytes a second that all connections brought lately, and how many those are.
    double recent_rate() const;
    int carrying() const;

  private:
    const connection_estimate& at(int connection) const {
        return estimates_[static_cast<std::size_t>(connection % most_connections)];
    }

    std::int64_t usual_window() const;

    std::array<connection_estimate, most_connections> estimates_;
    double patience_ = 1;  ///< more when parts that were late came first after all
    duration rtt_{0};
    std::int32_t part_size_ = 256 * 1024;
};

}  // namespace mtproto::schedule
