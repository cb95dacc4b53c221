// How much a read waits for.
#include "io/wake_size.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using io::wake_size;
using std::chrono::milliseconds;

namespace {

/// After ten minutes of `rate` bytes a second, read as they are worth it.
std::size_t after(wake_size& size, double rate, time_point& now) {
    for (const time_point end = now + std::chrono::minutes(10); now < end;) {
        const std::size_t step = size.value();
        now += std::chrono::duration_cast<duration>(
            std::chrono::duration<double>(static_cast<double>(step) / rate));
        size.received(step, now);
    }
    return size.value();
}

}  // namespace

TEST_CASE("what is worth waking up for follows the stream's rate, within bounds") {
    wake_size size;
    time_point now = time_point{} + std::chrono::hours(1);
    CHECK(size.value() == wake_size::least);
    for (const double rate : {6e6, 5e5, 2e6, 1e5}) {
        CAPTURE(rate);
        const double took = static_cast<double>(after(size, rate, now)) / rate;
        CHECK(took >= 0.02);
        CHECK(took <= 0.04);
    }
    CHECK(after(size, 1e9, now) == wake_size::most);
    CHECK(after(size, 1e3, now) == wake_size::least);
}

TEST_CASE("small reads between large ones do not count as a rate of their own") {
    wake_size size;
    time_point now = time_point{} + std::chrono::hours(1);
    for (int i = 0; i < 1000; ++i) {
        now += std::chrono::microseconds(1);
        size.received(1, now);  // 1 MB/s, if anything
    }
    CHECK(size.value() == wake_size::least);
}
