// The most that one download may have under way.
#pragma once

namespace mtproto::schedule {

/// Official clients open at most 8; a server closes 20 and more (protocol 8.8).
inline constexpr int most_connections = 16;
/// Accounts that bring one download at a time, each over connections of its own.
inline constexpr int most_lanes = 8;
/// On one connection: 4 MiB of the smallest parts. More than any connection needs.
inline constexpr int most_in_flight = 1024;

}  // namespace mtproto::schedule
