// Reads and skips across slices of every length, against a string.
#include "blocking/byte_queue.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

using namespace mtproto;

TEST_CASE("byte_queue: random pushes, reads and skips agree with a string") {
    std::mt19937 chance(7);
    blocking::byte_queue queue;
    std::string model;
    char next = 0;
    for (int step = 0; step < 20'000; ++step) {
        switch (chance() % 4) {
            case 0:
            case 1: {
                std::string slice(chance() % 50, ' ');
                for (char& each : slice)
                    each = ++next;
                queue.push(bytes::copy(as_bytes(slice)));
                model += slice;
                break;
            }
            case 2: {
                std::vector<std::byte> into(chance() % 120);
                const std::size_t count = queue.read(into);
                REQUIRE(as_text(byte_view(into).first(count)) == model.substr(0, into.size()));
                model.erase(0, count);
                break;
            }
            default: {
                const std::size_t count = chance() % (model.size() + 1);
                queue.skip(count);
                model.erase(0, count);
                break;
            }
        }
        REQUIRE(queue.size() == model.size());
        REQUIRE(queue.empty() == model.empty());
    }
    queue.clear();
    CHECK(queue.empty());
}
