// Shared slices and the pool that their blocks come from.
#include "base/buffer_pool.hpp"
#include "base/endian.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace mtproto;

TEST_CASE("a slice keeps its block alive and shares it") {
    bytes part;
    {
        const bytes whole = bytes::copy("0123456789");
        part = whole.slice(3, 4);
        CHECK(part.data() == whole.data() + 3);
    }
    CHECK(part.text() == "3456");
    CHECK(part.slice(2).text() == "56");
    CHECK(part == bytes::copy("3456"));
    CHECK_FALSE(part == bytes::copy("3457"));
}

TEST_CASE("empty bytes equal each other whatever they were made from") {
    CHECK(bytes() == bytes::copy(""));
    CHECK(bytes::copy("abc").slice(3).empty());
}

TEST_CASE("a pool hands a returned block out again") {
    buffer_pool pool;
    buffer first = pool.take(600'000);
    CHECK(first.capacity() >= 600'000);
    const std::byte* where = first.data();
    first = {};
    CHECK(pool.take(600'000).data() == where);
}

TEST_CASE("a block of a part of 512 KiB with its envelope wastes no second part's worth") {
    buffer_pool pool;
    CHECK(pool.take(512 * 1024 + 200).capacity() <= 512 * 1024 + 4096);
    CHECK(pool.take(1024 * 1024 + 200).capacity() <= 1024 * 1024 + 4096);
}

TEST_CASE("small packets of any size share two classes of blocks") {
    buffer_pool pool;
    for (std::size_t size = 1; size <= 8192; size += 13)
        CHECK(pool.take(size).capacity() == (size <= 4096 ? 4096 : 8192));
}

TEST_CASE("a pool keeps no more than its limit") {
    buffer_pool pool(10'000);
    buffer small = pool.take(4096);
    buffer large = pool.take(100'000);
    const std::byte* kept = small.data();
    small = {};
    large = {};
    CHECK(pool.take(4096).data() == kept);
}

TEST_CASE("a block may outlive its pool and be released on another thread") {
    bytes data;
    {
        buffer_pool pool;
        data = bytes(pool.take(100), 0, 100);
    }
    std::thread([moved = std::move(data)]() mutable { moved = {}; }).join();
    CHECK(data.empty());
}

TEST_CASE("integers are stored in both byte orders") {
    std::array<std::byte, 8> memory{};
    store_le<std::uint32_t>(memory.data(), 0x01020304);
    CHECK(memory[0] == std::byte{4});
    CHECK(load_be<std::uint32_t>(memory.data()) == 0x04030201);
    store_be<std::uint64_t>(memory.data(), 0x0102030405060708);
    CHECK(memory[0] == std::byte{1});
    CHECK(load_be<std::uint64_t>(memory.data()) == 0x0102030405060708);
    CHECK(load_le<std::uint64_t>(memory.data()) == 0x0807060504030201);
}
