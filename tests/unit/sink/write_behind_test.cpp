// What is asked of the kernel, in place of the C library's functions.
#include "sink/write_behind.hpp"

#include <doctest/doctest.h>

#include <string>
#include <sys/types.h>

namespace {

std::string asked;
constexpr std::int64_t mib = 1 << 20;

std::string from_to(off64_t begin, off64_t size) {
    return std::to_string(begin / mib) + ".." + std::to_string((begin + size) / mib);
}

}  // namespace

// NOLINTBEGIN: these are the system's names and types.
extern "C" {

int sync_file_range(int, off64_t begin, off64_t size, unsigned) {
    asked += " write " + from_to(begin, size);
    return 0;
}

int posix_fadvise(int, off_t begin, off_t size, int) noexcept {
    asked += " forget " + from_to(begin, size);
    return 0;
}

}  // extern "C"
// NOLINTEND

using mtproto::sink::write_behind;

TEST_CASE("the disk gets what is written in steps of 8 MiB, and the cache forgets what lies 16 MiB behind") {
    asked.clear();
    write_behind behind;
    for (std::int64_t end = mib / 2; end <= 40 * mib; end += mib / 2)
        behind.wrote(3, end);
    CHECK(asked == " write 0..8 write 8..16 write 16..24 write 24..32 forget 0..8 write 32..40 forget 0..16");
}

TEST_CASE("a small file is left to the kernel") {
    asked.clear();
    write_behind behind;
    behind.wrote(3, 8 * mib - 1);
    CHECK(asked == "");
}

TEST_CASE(
    "what an earlier process left is forgotten with the rest, and pieces fetched again are no way back") {
    asked.clear();
    write_behind behind;
    behind.wrote(3, 5000 * mib);  // a piece that was mended
    behind.wrote(3, 4000 * mib);
    behind.wrote(3, 5010 * mib);
    CHECK(asked == " write 0..5000 write 5000..5010 forget 0..4984");
}
