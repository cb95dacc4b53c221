// Scenarios: faults as a text that people read, one a line.
#pragma once

#include "traffic/fault.hpp"

#include <string_view>
#include <vector>

namespace mtproto::traffic {

/// Reads a scenario; docs/testing.md has the grammar. What is wrong with it is errc::bad_argument, the detail
/// naming line and column, both from 1. At most 10,000 faults.
outcome<std::vector<fault>> parse_scenario(std::string_view text);

}  // namespace mtproto::traffic
