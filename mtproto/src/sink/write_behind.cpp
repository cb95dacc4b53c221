// Two pieces of advice to the kernel, a step apart.
#include "sink/write_behind.hpp"

#include <fcntl.h>

namespace mtproto::sink {
namespace {

constexpr std::int64_t step = 8 << 20;
/// What is on its way to the disk cannot be forgotten yet: it has the time that two steps take.
constexpr std::int64_t kept = 2 * step;

}  // namespace

void write_behind::wrote(int descriptor, std::int64_t end) {
    if (end - begun_ < step) return;
    ::sync_file_range(descriptor, begun_, end - begun_, SYNC_FILE_RANGE_WRITE);
    // From the beginning, as some of it may have been late. A length of 0 would mean all of the file.
    if (begun_ > kept) ::posix_fadvise(descriptor, 0, begun_ - kept, POSIX_FADV_DONTNEED);
    begun_ = end;
}

}  // namespace mtproto::sink
