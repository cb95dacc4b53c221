// Random scenarios: what goes wrong in one run, drawn from a seed, and whether a download may fail by it.
#pragma once

#include "traffic/fault.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mtproto::faults {

/// The scenario of a seed: 1 to 6 faults of all kinds. The same everywhere.
std::string draw_scenario(std::uint64_t seed);

/// Whether no client can be asked to finish a download in spite of this fault; `home`: the data centre where
/// accounts live.
bool is_final(const traffic::fault& what, int home);
bool any_final(const std::vector<traffic::fault>& all, int home);

}  // namespace mtproto::faults
