// Telegram Desktop's downloads: windows that only grow, sessions that come by success and go by slowness.
#include "windows/contestants.hpp"

#include <algorithm>
#include <vector>

namespace mtproto::bench {
namespace {

constexpr std::int32_t part = 128 * 1024;
constexpr int first_window = 4;
constexpr int widest_window = 16;
constexpr int most_sessions = 8;
constexpr int successes_for_another = 3;
constexpr int slow_answers_allowed = 4;
constexpr duration slow = std::chrono::seconds(8);

class controller final : public window::strategy {
  public:
    int connections() const override { return static_cast<int>(sessions_.size()); }
    int in_flight(int connection) const override {
        return connection < connections() ? sessions_[static_cast<std::size_t>(connection)].window : 1;
    }
    std::int32_t part_size() const override { return part; }

    void on_part(const window::part_report& got, time_point) override {
        if (got.connection >= connections()) return;
        session& here = sessions_[static_cast<std::size_t>(got.connection)];
        if (got.took > slow) return slow_answer();
        if (got.in_flight >= here.window) here.window = std::min(here.window + 1, widest_window);
        ++here.successes;
        const bool all = std::all_of(sessions_.begin(), sessions_.end(), [](const session& one) {
            return one.successes >= successes_for_another;
        });
        if (!all || connections() == most_sessions) return;
        for (session& one : sessions_)
            one.successes = 0;
        sessions_.emplace_back();
    }

  private:
    struct session {
        int window = first_window;
        int successes = 0;
    };

    void slow_answer() {
        if (++slow_answers_ < slow_answers_allowed) return;
        slow_answers_ = 0;
        if (sessions_.size() > 1) sessions_.pop_back();
    }

    std::vector<session> sessions_{session{}};
    int slow_answers_ = 0;
};

}  // namespace

std::unique_ptr<window::strategy> desktop_controller() {
    return std::make_unique<controller>();
}

}  // namespace mtproto::bench
