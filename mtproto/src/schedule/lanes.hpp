// The lanes of one download: each is one account's way to the file, with a window strategy of its own.
#pragma once

#include "schedule/bounds.hpp"

#include <mtproto/window.hpp>

#include <array>
#include <memory>
#include <optional>

namespace mtproto::schedule {

/// The lane of a connection, and its number there. The scheduler numbers the connections of all lanes.
constexpr int lane_of(int connection) noexcept {
    return connection / most_connections;
}
constexpr int number_in_lane(int connection) noexcept {
    return connection % most_connections;
}
constexpr int first_of_lane(int lane) noexcept {
    return lane * most_connections;
}

/// Asks the strategy of the lane that a connection is in, and tells it. With one lane all answers are its
/// strategy's own.
class lanes final : public window::strategy {
  public:
    explicit lanes(std::unique_ptr<window::strategy> first) { strategies_[0] = std::move(first); }

    /// The new lane's number; -1 when there are as many as there may be.
    int add(std::unique_ptr<window::strategy> strategy) noexcept;
    /// Its strategy, for another lane. None is left when it was the last.
    std::unique_ptr<window::strategy> remove(int lane) noexcept;
    bool has(int lane) const noexcept {
        return lane >= 0 && lane < most_lanes && strategies_[static_cast<std::size_t>(lane)];
    }
    int count() const noexcept;
    /// Connections that `lane` wants.
    int connections_of(int lane) const;

    /// The most that a lane wants.
    int connections() const override;
    int in_flight(int connection) const override;
    std::int32_t part_size() const override;
    bool may_ask(const window::outlook& now) const override;
    int connection_for(std::int64_t offset) const override;
    std::optional<duration> late_after(const window::pending_part& what) const override;
    int watched() const override;
    bool keeps_pace() const override;
    void on_asked(const window::pending_part& what, time_point now) override;
    void on_part(const window::part_report& report, time_point now) override;
    void on_flood(duration wait, time_point now) override;
    void on_connection_up(int connection, time_point now) override;
    void on_connection_lost(int connection, time_point now) override;

  private:
    window::strategy* of(int connection) const noexcept;
    int first() const noexcept;

    std::array<std::unique_ptr<window::strategy>, most_lanes> strategies_;
};

}  // namespace mtproto::schedule
