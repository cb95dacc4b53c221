// What is simulated: the servers' rules, the file, and who reads it.
#pragma once

#include "schedule/request_pace.hpp"
#include "traffic/server_rules.hpp"

#include <mtproto/window.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mtproto::sim {

/// How one reader consumes its stream.
struct reader_rules {
    std::int64_t size = 1 << 30;  ///< bytes of its file, which it reads from the beginning to the end
    /// Bytes a second that it plays or writes; 0: it discards what it gets at once.
    std::int64_t rate = 0;
    /// A player begins when it has been given so much of the file, in time at its rate, and stalls when the
    /// next byte is late.
    duration buffer{0};
    duration begins{0};  ///< after the others
};

struct scenario {
    std::string name{};
    traffic::server_rules rules{};
    /// What goes wrong besides, as the scenario of a local data centre; connections are numbered in the order
    /// in which they connect.
    std::string faults{};
    std::int64_t budget = 32 << 20;  ///< bytes that all readers may hold at once
    int connections = 8;             ///< that the client has
    bool warm = false;               ///< they are connected before, by a stream that went before
    std::vector<reader_rules> readers{reader_rules{}};
    std::uint64_t seed = 1;
    duration longest = std::chrono::hours(4);  ///< of virtual time; then it is ended as it is

    /// Bytes a second that no strategy can exceed for long: the smallest of the connections' lines together,
    /// the account's caps, what the readers want, and the budget in a round trip.
    double limit() const;
};

/// What gives each reader its strategy.
using strategy_factory = std::function<std::unique_ptr<window::strategy>()>;
/// What gives an account its pace.
using pace_factory = std::function<std::unique_ptr<schedule::request_pace>()>;

}  // namespace mtproto::sim
