// Every framing, both roles: an arbitrary stream in arbitrary pieces gives what it gives in one piece, and
// what one end writes the other reads.
#include "wire/framing.hpp"

#include "crypto/seeded_random.hpp"
#include "fuzz.hpp"

#include <vector>

using namespace mtproto;

namespace {

constexpr std::size_t most_packet = 1u << 16;  // enough for blocks of their own, and cheap to allocate

struct seen {
    std::vector<bytes> packets;
    std::vector<bool> quick_acks;
    bool failed = false;
    friend bool operator==(const seen&, const seen&) = default;
};

// `sizes` are used in turn; none: all at once.
seen read_all(wire::role self, std::optional<wire::framing> kind, byte_view stream, byte_view sizes) {
    buffer_pool pool;
    wire::frame_reader reader(self, kind, pool, most_packet);
    seen made;
    std::vector<wire::packet> kept;  // a packet must not change when more is read
    for (std::size_t turn = 0; !stream.empty() && !made.failed; ++turn) {
        std::size_t size = stream.size();
        if (!sizes.empty()) size = 1 + std::to_integer<std::size_t>(sizes[turn % sizes.size()]);
        const byte_view now = stream.first(std::min(size, stream.size()));
        stream = stream.subspan(now.size());
        made.failed = !reader.feed(now).has_value();
        while (std::optional<wire::packet> next = reader.next()) {
            fuzz::require(next->size <= most_packet, "a packet is no larger than allowed");
            made.packets.push_back(fuzz::own_copy(next->view()));
            made.quick_acks.push_back(next->quick_ack);
            std::ignore = wire::classify(*next);
            kept.push_back(std::move(*next));
        }
    }
    for (std::size_t i = 0; i < kept.size(); ++i)
        fuzz::require(made.packets[i] == kept[i].slice(), "a packet stays as it was");
    if (made.failed) {
        fuzz::require(!reader.feed(as_bytes("after")).has_value(), "a broken stream stays broken");
        fuzz::require(!reader.next(), "and gives nothing more");
    }
    return made;
}

void round_trip(wire::role sender, wire::framing kind, fuzz::input from, byte_view sizes) {
    crypto::seeded_random random(1);
    wire::frame_writer writer(sender, kind, random);
    std::vector<std::byte> stream;
    std::vector<bytes> sent;
    const auto put = [&](byte_view part) { stream.insert(stream.end(), part.begin(), part.end()); };
    while (!from.empty()) {
        const bool quick = from.u8() % 2 != 0;
        const byte_view piece = from.piece();
        // Shorter ones are no messages: an error or a quick acknowledgement (protocol 1.6).
        constexpr std::size_t least_message = 20;
        byte_view payload = piece.first(piece.size() / 4 * 4);
        if (payload.size() < least_message) continue;
        // Only what has the size of a sealed packet comes out without its padding (protocol 1.3).
        constexpr std::size_t sealed_head = 24;
        if (kind == wire::framing::padded_intermediate && payload.size() > sealed_head)
            payload = payload.first(payload.size() - (payload.size() - sealed_head) % 16);
        const wire::frame around = writer.wrap(payload, quick);
        put(around.header());
        put(payload);
        put(around.trailer());
        sent.push_back(fuzz::own_copy(payload));
    }
    const bool to_server = sender == wire::role::client;
    const wire::role receiver = to_server ? wire::role::server : wire::role::client;
    std::optional<wire::framing> expected;
    if (!to_server) expected = kind;
    const seen received = read_all(receiver, expected, stream, sizes);
    fuzz::require(!received.failed, "a stream that was written can be read");
    fuzz::require(received.packets.size() == sent.size(), "as many packets come as were sent");
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const bytes& got = received.packets[i];
        const std::size_t slack = kind == wire::framing::padded_intermediate ? 15 : 0;
        fuzz::require(got.size() >= sent[i].size() && got.size() <= sent[i].size() + slack,
                      "a packet has its size");
        fuzz::require(got.slice(0, sent[i].size()) == sent[i], "a packet has its bytes");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input from(data, size);
    const std::uint8_t choice = from.u8();
    const auto kind = static_cast<wire::framing>(choice & 3);
    const wire::role self = choice & 4 ? wire::role::server : wire::role::client;
    const byte_view sizes = from.take(choice >> 5);
    if (choice & 8) {
        round_trip(self, kind, from, sizes);
        return 0;
    }
    std::optional<wire::framing> known = kind;
    if (choice & 16 && self == wire::role::server) known.reset();
    const byte_view stream = from.rest();
    std::ignore = wire::detect_transport(stream);
    fuzz::require(read_all(self, known, stream, {}) == read_all(self, known, stream, sizes),
                  "pieces make no difference");
    return 0;
}
