// Durations as people write them on a command line.
#pragma once

#include <mtproto/clock.hpp>

#include <optional>
#include <string_view>

namespace mtpipe {

/// "90" and "90s" are seconds, "10m" minutes, "2h" hours, "1d" days: a whole decimal number, at most 100
/// years in all. Nothing for any other text.
std::optional<mtproto::duration> parse_duration(std::string_view text);

}  // namespace mtpipe
