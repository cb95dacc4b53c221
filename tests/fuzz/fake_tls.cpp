// Fake TLS: the reply that a client waits for, hellos that a server judges, and data in records.
#include "wire/fake_tls.hpp"

#include "base/endian.hpp"
#include "crypto/seeded_random.hpp"
#include "crypto/sha.hpp"
#include "fuzz.hpp"
#include "wire/tls_records.hpp"

#include <array>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

constexpr unix_time now = 1'750'000'000s;

const wire::proxy_secret& secret() {
    static const wire::proxy_secret made =
        wire::parse_proxy_secret("ee000102030405060708090a0b0c0d0e0f6578616d706c652e6f7267").value();
    return made;
}

wire::client_hello hello_of(unsigned seed) {
    crypto::seeded_random random(seed);
    return wire::make_client_hello(secret(), now, random);
}

/// Reads `stream` as open_fake_tls does: as much as it is told, until it is whole or wrong.
void reply(fuzz::input from) {
    const wire::client_hello hello = hello_of(1);
    wire::fake_tls_guard guard(secret());
    crypto::seeded_random random(2);
    const std::vector<std::byte> genuine =
        wire::make_fake_tls_reply(guard.admit(hello.record, now).value(), secret().key, random);
    std::vector<std::byte> stream;
    if (from.u8() % 2 != 0) stream = genuine;
    if (!stream.empty()) {
        const std::size_t at = from.u16() % stream.size();
        stream[at] ^= static_cast<std::byte>(from.u8());
    }
    const byte_view more = from.rest();
    stream.insert(stream.end(), more.begin(), more.end());

    std::size_t have = 0;
    for (;;) {
        const std::vector<std::byte> read(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(have));
        const auto size = wire::fake_tls_reply_size(read);
        if (!size) return;
        fuzz::require(*size >= have, "what was read is never too much");
        fuzz::require(*size <= 10u * (5 + 16640), "a reply is bounded");
        if (*size == have) {
            const bool proven = wire::check_fake_tls_reply(read, hello.random, secret().key).has_value();
            fuzz::require(proven == (read == genuine), "nothing but the genuine reply is taken");
            return;
        }
        if (*size > stream.size()) return;
        have = *size;
    }
}

/// What stands in a hello may be anything once its random proves the secret.
void proven_hello(fuzz::input from) {
    std::vector<std::byte> record = hello_of(1).record;
    constexpr std::size_t random_at = 11, random_size = 32;
    constexpr std::size_t session_id_end = random_at + random_size + 1 + random_size;
    const byte_view body = from.rest();
    record.resize(session_id_end);
    record.insert(record.end(), body.begin(),
                  body.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(body.size(), 3000)));
    store_be(record.data() + 3, static_cast<std::uint16_t>(record.size() - 5));
    std::fill_n(record.begin() + random_at, random_size, std::byte{0});
    crypto::sha256_digest proof = crypto::hmac_sha256(secret().key, {record});
    const auto time =
        static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
    store_le(proof.data() + 28, load_le<std::uint32_t>(proof.data() + 28) ^ time);
    std::copy(proof.begin(), proof.end(), record.begin() + random_at);
    wire::fake_tls_guard guard(secret());
    const auto seen = guard.admit(record, now);
    if (!seen) return;
    fuzz::require(seen->domain == secret().domain, "only the proxy's domain is let in");
    fuzz::require(!guard.admit(record, now), "and each hello once");
}

/// A genuine hello with some bytes changed, or anything at all.
void hello(fuzz::input from) {
    const std::vector<std::byte> genuine = hello_of(from.u8()).record;
    std::vector<std::byte> record = genuine;
    if (from.u8() % 2 != 0) {
        for (int changes = from.u8() % 4; changes > 0; --changes)
            record[from.u16() % record.size()] ^= static_cast<std::byte>(from.u8());
    } else {
        const byte_view all = from.rest();
        record.assign(all.begin(), all.end());
    }
    const auto size = wire::client_hello_size(record);
    fuzz::require(!size || *size <= 5u + 65535, "a hello is bounded");
    wire::fake_tls_guard guard(secret());
    const bool admitted = guard.admit(record, now).has_value();
    fuzz::require(admitted || record != genuine, "the genuine hello is let in");
    if (!admitted) return;
    // The random's last 4 bytes name the time, which may be another one.
    fuzz::require(record.size() == genuine.size(), "and no other");
    std::copy_n(genuine.begin() + 39, 4, record.begin() + 39);
    fuzz::require(record == genuine, "and no other");
}

struct read_data {
    std::vector<std::byte> data;
    bool failed = false;
    friend bool operator==(const read_data&, const read_data&) = default;
};

/// As fake_tls_stream does, in reads of the sizes, used in turn.
read_data unwrap(wire::role self, byte_view stream, byte_view sizes) {
    wire::tls_record_reader reader(self);
    read_data made;
    std::vector<std::byte> room;
    for (std::size_t turn = 0; !stream.empty(); ++turn) {
        room.assign(sizes.empty() ? 4096 : 1 + std::to_integer<std::size_t>(sizes[turn % sizes.size()]),
                    std::byte{0});
        const std::size_t wanted = reader.wants(room.size());
        fuzz::require(wanted >= 1 && wanted <= room.size(), "something is wanted, and no more than fits");
        const std::size_t count = std::min(wanted, stream.size());
        std::copy_n(stream.begin(), count, room.begin());
        stream = stream.subspan(count);
        const auto data = reader.take(byte_view(room).first(count));
        if (!data) {
            made.failed = true;
            return made;
        }
        fuzz::require(*data <= count, "no more data than was read");
        made.data.insert(made.data.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(*data));
    }
    return made;
}

void records(fuzz::input from) {
    const wire::role self = from.u8() % 2 != 0 ? wire::role::server : wire::role::client;
    const byte_view sizes = from.take(from.u8() % 8);
    const byte_view stream = from.rest();
    // What a broken stream brought before it broke may have come in other steps.
    const read_data whole = unwrap(self, stream, {}), pieces = unwrap(self, stream, sizes);
    fuzz::require(whole.failed == pieces.failed && (whole.failed || whole == pieces),
                  "pieces make no difference");
}

void round_trip(fuzz::input from) {
    const bool to_server = from.u8() % 2 != 0;
    const byte_view sizes = from.take(from.u8() % 8);
    wire::tls_record_writer writer(to_server ? wire::role::client : wire::role::server);
    std::vector<std::byte> sent, stream;
    while (!from.empty()) {
        const std::array<byte_view, 2> parts{from.piece(), from.piece()};
        for (const byte_view part : parts)
            sent.insert(sent.end(), part.begin(), part.end());
        for (const byte_view out : writer.wrap(parts))
            stream.insert(stream.end(), out.begin(), out.end());
    }
    const read_data got = unwrap(to_server ? wire::role::server : wire::role::client, stream, sizes);
    fuzz::require(!got.failed && got.data == sent, "what one end wraps the other unwraps");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input from(data, size);
    switch (from.u8() % 5) {
        case 0:
            reply(from);
            break;
        case 1:
            hello(from);
            break;
        case 2:
            proven_hello(from);
            break;
        case 3:
            records(from);
            break;
        default:
            round_trip(from);
    }
    return 0;
}
