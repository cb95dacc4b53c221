// A fixed number of connections, each with its bandwidth-delay product in flight.
#include "schedule/bdp_windows.hpp"

#include <algorithm>

namespace mtproto::window {
namespace {

class bdp_strategy final : public strategy {
  public:
    explicit bdp_strategy(int connections) : connections_(std::max(connections, 1)) {}

    int connections() const override { return connections_; }
    int in_flight(int connection) const override { return windows_.in_flight(connection); }
    std::int32_t part_size() const override { return windows_.part_size(); }

    void on_part(const part_report& report, time_point now) override { windows_.on_part(report, now); }
    void on_connection_lost(int connection, time_point) override { windows_.on_connection_lost(connection); }

  private:
    int connections_;
    schedule::bdp_windows windows_;
};

}  // namespace

std::unique_ptr<strategy> bdp(int connections) {
    return std::make_unique<bdp_strategy>(connections);
}

}  // namespace mtproto::window
