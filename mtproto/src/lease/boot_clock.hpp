// The clock that leases run by: it goes on while the machine sleeps.
#pragma once

#include <mtproto/clock.hpp>

#include <string>

namespace mtproto::lease {

/// CLOCK_BOOTTIME: a laptop that slept for an hour does not believe that it still holds a lease. In the type
/// of the other monotonic clock, with which it is not comparable.
time_point boot_now();

/// The moment of system_clock() that stands as far ahead as `when` does by boot_now().
time_point as_system_time(time_point when);

/// Names what boot_now() counts from: this start of the machine, and this time namespace. Empty when the
/// system does not say.
std::string boot_clock_name();

}  // namespace mtproto::lease
