// Containers, results and packed objects: a real container, round trips, and lies.
#include "wire/container.hpp"

#include "base/endian.hpp"
#include "tl/gzip.hpp"
#include "unit/wire/streams.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::wire;
using test::hex;
using test::unhex;

namespace {

bytes shared(std::string_view text) {
    return bytes::copy(unhex(text));
}

// A boxed object of `size` bytes with a constructor of its own
bytes object(std::size_t size, std::uint32_t constructor = 0x11223344) {
    std::vector<std::byte> data(size, std::byte{7});
    store_le(data.data(), constructor);
    return bytes::copy(data);
}

}  // namespace

TEST_CASE("service 5.1 a container that a server sent") {
    // Lonami/grammers grammers-crypto/src/lib.rs, decrypt_server_data_v2: new_session_created and pong
    const auto messages = read_container(
        shared("dcf8f1730200000001a8c1c2918b305e010000001c0000000809c29ec4fd33ad918b305e18a88ea607ee5816fc826"
               "a02248b28fd01ccc1c2918b305e0200000014000000c5737734c4fd33ad918b305e6408300000000000"));
    REQUIRE(messages);
    REQUIRE(messages->size() == 2);
    CHECK((*messages)[0].msg_id == 0x5e308b91c2c1a801);
    CHECK((*messages)[0].seqno == 1);
    CHECK(constructor_of((*messages)[0].body) == 0x9ec20908);
    CHECK((*messages)[1].seqno == 2);
    CHECK(constructor_of((*messages)[1].body) == 0x347773c5);
    CHECK(hex(write_container(*messages)) ==
          "dcf8f1730200000001a8c1c2918b305e010000001c0000000809c29ec4fd33ad918b305e18a88ea607ee5816fc826a0224"
          "8b28fd01ccc1c2918b305e0200000014000000c5737734c4fd33ad918b305e6408300000000000");
}

TEST_CASE("service 5.1 containers from none to the most that is accepted") {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, max_received_messages}) {
        std::vector<contained> sent;
        for (std::size_t i = 0; i < count; ++i)
            sent.push_back({static_cast<std::int64_t>(i), 3, object(4 + i % 5 * 4)});
        const bytes boxed = write_container(sent);
        CHECK(boxed.size() == container_size(sent));
        const auto read = read_container(boxed);
        REQUIRE(read);
        REQUIRE(read->size() == count);
        for (std::size_t i = 0; i < count; ++i)
            CHECK((*read)[i].body == sent[i].body);
    }
    std::vector<contained> too_many(max_received_messages + 1, contained{1, 1, object(4)});
    CHECK(read_container(write_container(too_many)).error() == errc::too_large);
}

TEST_CASE("service 5.1 a container is never nested") {
    const bytes inner = write_container(std::vector<contained>{{1, 1, object(8)}});
    CHECK(read_container(write_container(std::vector<contained>{{2, 1, inner}})).error() == errc::malformed);
}

TEST_CASE("service 5.1 a container that is cut, stretched or lies about a length is refused") {
    const std::vector<contained> sent = {{1, 1, object(8)}, {2, 2, object(12)}};
    const bytes boxed = write_container(sent);
    for (std::size_t size = 0; size < boxed.size(); ++size)
        CHECK_FALSE(read_container(boxed.slice(0, size)));
    std::vector<std::byte> longer(boxed.begin(), boxed.end());
    longer.resize(longer.size() + 4);
    CHECK_FALSE(read_container(bytes::copy(longer)));
    const auto with_length = [&](std::int32_t length) {
        std::vector<std::byte> changed(boxed.begin(), boxed.end());
        store_le(changed.data() + 8 + 12, length);
        return read_container(bytes::copy(changed));
    };
    CHECK(with_length(8));
    for (const std::int32_t lie : {-8, 0, 4, 6, 7, 9, 12, 36, 2147483644, -2147483647 - 1})
        CHECK_FALSE(with_length(lie));
    // A length that is no multiple of 4, with all else right around it.
    for (const std::size_t odd : {5, 6, 7, 9})
        CHECK_FALSE(read_container(write_container(std::vector<contained>{{1, 1, object(odd)}})));
    const auto with_count = [&](std::uint32_t count) {
        std::vector<std::byte> changed(boxed.begin(), boxed.end());
        store_le(changed.data() + 4, count);
        return read_container(bytes::copy(changed));
    };
    CHECK(with_count(2));
    for (const std::uint32_t lie : {0u, 1u, 3u, 1024u, 1025u, 0xffffffffu})
        CHECK_FALSE(with_count(lie));
}

TEST_CASE("service 5.1 what is sent stays within 100 messages and 1,044,404 bytes") {
    CHECK(container_has_room(container_head_size, 0, 4));
    CHECK(container_has_room(container_head_size, 99, 4));
    CHECK_FALSE(container_has_room(container_head_size, 100, 4));
    constexpr std::size_t most_body = max_sent_container - container_head_size - contained_head_size;
    CHECK(container_has_room(container_head_size, 0, most_body));
    CHECK_FALSE(container_has_room(container_head_size, 0, most_body + 4));
    CHECK_FALSE(container_has_room(container_head_size, 0, ~std::size_t{0}));
}

TEST_CASE("service 5.8 an rpc_result names its request and shares its body") {
    const bytes boxed = write_rpc_result(0x1122334455667788, unhex("b5757299"));
    CHECK(hex(boxed) == "016d5cf38877665544332211b5757299");
    const auto answer = read_rpc_result(boxed);
    REQUIRE(answer);
    CHECK(answer->req_msg_id == 0x1122334455667788);
    CHECK(hex(answer->body) == "b5757299");
    CHECK(answer->body.data() == boxed.data() + 12);
    for (std::size_t size = 0; size < boxed.size(); ++size)
        CHECK_FALSE(read_rpc_result(boxed.slice(0, size)));
    CHECK_FALSE(read_rpc_result(object(16)));
}

TEST_CASE("service 5.2 packed objects come back, within the limit only") {
    const bytes large = object(100'000);
    const auto packed = pack_gzip(large);
    REQUIRE(packed);
    CHECK(packed->size() < 1000);
    CHECK(packed->size() % 4 == 0);
    CHECK(constructor_of(*packed) == gzip_packed_id);
    const auto unpacked = unpack_gzip(*packed);
    REQUIRE(unpacked);
    CHECK(*unpacked == large);
    CHECK(unpack_gzip(*packed, 100'000));
    CHECK(unpack_gzip(*packed, 99'999).error() == errc::too_large);
}

TEST_CASE("service 5.2 the packed objects of one packet share what they may inflate to, in vain or not") {
    const bytes packed = pack_gzip(object(100'000)).value();
    inflation within{100'000, 250'000};
    CHECK(unpack_gzip(packed, within));
    CHECK(within.left == 150'000);
    // Its checksum is wrong, which shows at the end.
    std::vector<std::byte> damaged(packed.begin(), packed.end());
    damaged[damaged.size() - 8] ^= std::byte{0xff};
    CHECK(unpack_gzip(bytes::copy(damaged), within).error() == errc::malformed);
    CHECK(within.left == 50'000);
    CHECK(unpack_gzip(packed, within).error() == errc::too_large);
    CHECK(within.left == 0);
    // What is small is not inflated any more, either; what is not packed passes.
    CHECK(unpack_gzip(pack_gzip(object(300)).value(), within).error() == errc::too_large);
    CHECK(unpack_gzip(object(300), within));
}

TEST_CASE("service 5.2 only what is large and gets smaller is packed") {
    CHECK_FALSE(pack_gzip(object(gzip_threshold)));
    CHECK(pack_gzip(object(gzip_threshold + 1)));
    crypto::seeded_random random(1);
    CHECK_FALSE(pack_gzip(test::random_bytes(random, 5000)));
}

TEST_CASE("service 5.2 anything else passes through untouched, and broken packing is refused") {
    const bytes plain = object(64);
    CHECK(unpack_gzip(plain)->data() == plain.data());
    CHECK(unpack_gzip(bytes{})->empty());
    const bytes packed = *pack_gzip(object(300));
    for (std::size_t size = 4; size + 4 < packed.size(); ++size)
        CHECK_FALSE(unpack_gzip(packed.slice(0, size)));
    // gzip_packed within gzip_packed
    const bytes once = *pack_gzip(object(1'000'000));
    REQUIRE(once.size() > gzip_threshold);
    const auto twice = pack_gzip(once);
    REQUIRE(twice);
    CHECK(unpack_gzip(*twice).error() == errc::malformed);
    CHECK_FALSE(unpack_gzip(shared("a1cf7230ff000000")));  // a string that begins with ff
    // A long string in the short form, and one without its padding, are no TL (protocol 9.3).
    const bytes zeros = bytes::copy(std::vector<std::byte>(5000));
    const bytes good = *pack_gzip(zeros);
    REQUIRE(good.size() < 254);
    REQUIRE(unpack_gzip(good).value() == zeros);
    const std::size_t length = std::to_integer<std::size_t>(good[4]);
    std::vector<std::byte> long_form(good.begin(), good.begin() + 4);
    for (const std::size_t byte : {std::size_t{254}, length, std::size_t{0}, std::size_t{0}})
        long_form.push_back(static_cast<std::byte>(byte));
    long_form.insert(long_form.end(), good.begin() + 5,
                     good.begin() + 5 + static_cast<std::ptrdiff_t>(length));
    long_form.resize((long_form.size() + 3) / 4 * 4);
    CHECK_FALSE(unpack_gzip(bytes::copy(long_form)));
    if ((5 + length) % 4 != 0) CHECK_FALSE(unpack_gzip(good.slice(0, 5 + length)));
}
