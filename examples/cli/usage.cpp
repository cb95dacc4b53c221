// Reads what this process has used.
#include "usage.hpp"

#include "progress_bar.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <sys/resource.h>

namespace mtpipe {
namespace {

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

void print_stats(std::int64_t bytes, const stopwatch& transfer, const stopwatch& all) {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const double took = transfer.seconds();
    fmt::print(stderr, "{} bytes in {:.2f} s ({}/s), {:.2f} s in all, CPU {:.2f} s, peak memory {:.1f} MiB\n",
               bytes, took, human_bytes(took > 0 ? static_cast<double>(bytes) / took : 0), all.seconds(),
               seconds(used.ru_utime) + seconds(used.ru_stime), static_cast<double>(used.ru_maxrss) / 1024);
}

}  // namespace mtpipe
