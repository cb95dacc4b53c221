// The default strategy: windows by bandwidth-delay product over as many connections as are worth having.
#include "schedule/bdp_windows.hpp"
#include "schedule/connection_ladder.hpp"

#include <algorithm>
#include <bitset>

namespace mtproto::window {
namespace {

/// Parts that are watched for being late: the reader is stopped by the first of them alone, but the next ones
/// are then as late, and would stop it one after the other.
constexpr int watched_parts = 16;
/// A part is late after this at the start, when nothing is known of the path; later, after so many times the
/// first part's time and a little more.
constexpr duration first_late = std::chrono::seconds(1);
constexpr int times_first = 4;
constexpr duration more_than_first = std::chrono::milliseconds(250);

class adaptive_strategy final : public strategy {
  public:
    explicit adaptive_strategy(int most_connections) : ladder_(most_connections) {}

    int connections() const override { return ladder_.wanted(); }
    int in_flight(int connection) const override { return windows_.in_flight(connection); }
    std::int32_t part_size() const override { return windows_.part_size(); }
    std::optional<duration> late_after(const pending_part& what) const override {
        if (const std::optional<duration> late = windows_.late_after(what)) return late;
        const duration first = windows_.rtt();
        return first > duration{} ? first * times_first + more_than_first : first_late;
    }
    int watched() const override { return watched_parts; }
    bool keeps_pace() const override { return true; }

    void on_part(const part_report& report, time_point now) override {
        windows_.on_part(report, now);
        ladder_.on_part(windows_.carrying(), windows_.recent_rate(), !report.held_back, windows_.rtt(), now);
    }
    void on_connection_up(int connection, time_point now) override {
        ladder_.on_up(connection, now);
        if (known(connection)) up_.set(static_cast<std::size_t>(connection));
    }
    void on_connection_lost(int connection, time_point now) override {
        windows_.on_connection_lost(connection);
        if (known(connection)) up_.reset(static_cast<std::size_t>(connection));
        ladder_.on_lost(connection, static_cast<int>(up_.count()), now);
    }

  private:
    bool known(int connection) const {
        return connection >= 0 && static_cast<std::size_t>(connection) < up_.size();
    }

    schedule::bdp_windows windows_;
    schedule::connection_ladder ladder_;
    std::bitset<schedule::most_connections> up_;
};

}  // namespace

std::unique_ptr<strategy> adaptive(int most_connections) {
    return std::make_unique<adaptive_strategy>(most_connections);
}

}  // namespace mtproto::window
