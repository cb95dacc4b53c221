// Where parts begin and end.
#include "schedule/part.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace mtproto::schedule;

namespace {

void check_allowed(const part_range& one, std::int64_t file_size) {
    CHECK(one.offset % 4096 == 0);
    CHECK(one.limit % 4096 == 0);
    CHECK((1 << 20) % one.limit == 0);
    CHECK(one.offset / (1 << 20) == (one.offset + one.limit - 1) / (1 << 20));
    CHECK(one.offset < file_size);
    CHECK(one.length > 0);
    CHECK(one.length == std::min<std::int64_t>(one.limit, file_size - one.offset));
}

}  // namespace

TEST_CASE("protocol 8.1: any range of any file is covered by parts that the server accepts") {
    std::mt19937_64 random(8);
    for (int round = 0; round < 3000; ++round) {
        const std::int64_t base = round % 3 == 0 ? (std::int64_t{5} << 30) : 0;  // past 4 GiB too
        const std::int64_t size = base + 1 + static_cast<std::int64_t>(random() % (5 << 20));
        const std::int64_t begin =
            base + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(size - base));
        const std::int64_t end =
            begin + 1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(size - begin));
        const std::int32_t wanted = 4096 << random() % 9;
        std::int64_t at = align_down(begin);
        CHECK(at <= begin);
        int parts = 0;
        while (at < end) {
            const part_range one = part_at(at, end, size, wanted);
            CHECK(one.offset == at);
            CHECK(one.limit <= wanted);
            check_allowed(one, size);
            at += one.length;
            if (at < size) CHECK(at % 4096 == 0);
            REQUIRE(++parts < 5000);
        }
        // Rounded outward, by less than the part that covers the rest.
        CHECK(at - end < wanted);
    }
}

TEST_CASE("parts from an odd place reach the grid of their size in a few steps") {
    CHECK(part_at(4096, 10 << 20, 10 << 20, 512 << 10).limit == 256 << 10);
    CHECK(part_at(260 << 10, 10 << 20, 10 << 20, 512 << 10).limit == 128 << 10);
    CHECK(part_at(512 << 10, 10 << 20, 10 << 20, 512 << 10).limit == 512 << 10);
}

TEST_CASE("the last part covers the rest with the smallest allowed limit") {
    const part_range last = part_at(0, 1000, 1000, 1 << 20);
    CHECK(last.limit == 4096);
    CHECK(last.length == 1000);
    CHECK(part_at(1 << 20, (1 << 20) + 70000, 10 << 20, 512 << 10).limit == 128 << 10);
}

TEST_CASE("part sizes are brought to what protocol 8.1 allows") {
    CHECK(allowed_part_size(0) == 4096);
    CHECK(allowed_part_size(5000) == 4096);
    CHECK(allowed_part_size(300'000) == 256 << 10);
    CHECK(allowed_part_size(std::int64_t{1} << 40) == 1 << 20);
}
