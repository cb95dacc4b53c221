// Random scenarios: what goes wrong in one run, drawn from a seed, and whether a download may fail by it.
#pragma once

#include "traffic/fault.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mtproto::faults {

/// What a run is to meet with.
struct schedule {
    std::string scenario;
    /// One of its faults lasts to the end, and begins in the middle of a long file.
    bool lasting = false;
    /// That fault leaves another way to the file: the download must be whole.
    bool other_way = false;
    duration begins{0};     ///< when the lasting fault does
    duration announced{0};  ///< what servers ask to wait for, in all
};

/// The schedule of a seed: every fourth has a fault that lasts, the others 1 to 6 faults of all kinds. The
/// same everywhere.
schedule draw_schedule(std::uint64_t seed);

/// Whether no client can be asked to finish a download in spite of this fault; `home`: the data centre where
/// accounts live.
bool is_final(const traffic::fault& what, int home);
bool any_final(const std::vector<traffic::fault>& all, int home);

}  // namespace mtproto::faults
