// Reads the clock of this start of the machine, and what it is called.
#include "lease/boot_clock.hpp"

#include <array>
#include <ctime>
#include <fstream>
#include <unistd.h>

namespace mtproto::lease {

time_point boot_now() {
    ::timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

time_point as_system_time(time_point when) {
    if (when == time_point::max()) return when;
    return system_clock().now() + (when - boot_now());
}

std::string boot_clock_name() {
    std::ifstream in("/proc/sys/kernel/random/boot_id");
    std::string name;
    if (!std::getline(in, name) || name.empty()) return {};
    std::array<char, 64> space{};
    const ::ssize_t size = ::readlink("/proc/self/ns/time", space.data(), space.size());
    if (size > 0) name += " " + std::string(space.data(), static_cast<std::size_t>(size));
    return name;
}

}  // namespace mtproto::lease
