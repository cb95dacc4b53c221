// One download under one scenario, in one process and virtual time, and what came of it.
#pragma once

#include "faults/schedule.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <string>

namespace mtproto::faults {

struct outcome_of_run {
    bool final = false;     ///< the scenario has a fault that a download may end by
    bool whole = false;     ///< all bytes came, and they are right
    std::string failed;     ///< the one error that ended the download; empty: none did
    std::string complaint;  ///< what must not be; empty: nothing
    duration took{0};       ///< virtual
    duration longest{0};    ///< in which not a byte came
};

/// Logs in, then downloads 4 MiB, or 16 MiB at 1 MB/s a connection where a fault lasts, with a fresh client
/// of that login. `print`: the logs of both sides on standard error.
outcome_of_run run_schedule(const schedule& what, std::uint64_t seed, bool print);

}  // namespace mtproto::faults
