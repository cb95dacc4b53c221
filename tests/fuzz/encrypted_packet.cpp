// Opening packets: arbitrary ones, sealed ones that were changed since, and authentic ones with arbitrary
// plaintext.
#include "base/endian.hpp"
#include "crypto/kdf.hpp"
#include "crypto/seeded_random.hpp"
#include "fuzz.hpp"
#include "seeded_key.hpp"
#include "wire/envelope.hpp"
#include "wire/envelope_layout.hpp"

#include <memory>
#include <vector>

using namespace mtproto;

namespace {

const std::shared_ptr<const crypto::auth_key>& fixed_key() {
    static const auto key = fuzz::seeded_key(42);
    return key;
}

wire::role other(wire::role end) {
    return end == wire::role::client ? wire::role::server : wire::role::client;
}

void open_anything(wire::role self, byte_view data) {
    std::ignore = wire::open(wire::packet::copy(data), fixed_key(), self);
    std::ignore = wire::read_plain(wire::packet::copy(data));
    // The same bytes behind the right key id, which is no secret.
    std::vector<std::byte> known(data.begin(), data.end());
    if (known.size() < wire::msg_key_at) return;
    store_le(known.data(), fixed_key()->id());
    std::ignore = wire::open(wire::packet::copy(known), fixed_key(), self);
}

void open_changed(wire::role self, fuzz::input from) {
    crypto::seeded_random random(from.u8());
    wire::message_header header;
    header.salt = static_cast<std::int64_t>(from.u64());
    header.session_id = static_cast<std::int64_t>(from.u64());
    header.msg_id = static_cast<std::int64_t>(from.u64());
    header.seqno = static_cast<std::int32_t>(from.u32());
    const byte_view piece = from.piece();
    const bytes body = fuzz::own_copy(piece.first(piece.size() / 4 * 4));
    const wire::sealed made = wire::seal(fixed_key(), other(self), header, body, random);

    std::vector<std::byte> changed(made.data.view().begin(), made.data.view().end());
    const std::size_t grow = from.u8();
    const std::size_t shrink = from.u8();
    const std::size_t cut = from.u16();
    changed.resize(changed.size() + grow);
    changed.resize(changed.size() - std::min(shrink, changed.size()));
    while (!from.empty() && !changed.empty()) {
        const std::size_t at = from.u16() % changed.size();
        changed[at] ^= std::byte{from.u8()};
    }
    const byte_view before = made.data.view();
    const bool same = std::equal(before.begin(), before.end(), changed.begin(), changed.end());

    // Beside good ones, in two steps: no packet's failure affects another.
    std::vector<std::unique_ptr<wire::decryption>> decryptions;
    std::vector<wire::decryption*> all;
    for (const byte_view each : {before, byte_view(changed), before}) {
        wire::open_job job{wire::packet::copy(each), fixed_key(), self};
        decryptions.push_back(std::make_unique<wire::decryption>(std::move(job), cut % (each.size() + 1)));
        all.push_back(decryptions.back().get());
    }
    wire::advance(all);
    all[0]->received(before.size());
    all[1]->received(changed.size());
    all[2]->received(before.size());
    wire::advance(all);
    for (const wire::decryption* each : all) {
        const result<wire::opened> outcome = each->finish();
        if (each == all[1] && !same) {
            fuzz::require(!outcome && outcome.error() == errc::bad_message_key,
                          "a packet that was changed does not open, and does not say why");
            continue;
        }
        fuzz::require(outcome.has_value(), "a sealed packet opens");
        fuzz::require(outcome->body == body, "a packet has its body");
        const wire::message_header& got = outcome->header;
        fuzz::require(got.salt == header.salt && got.session_id == header.session_id &&
                          got.msg_id == header.msg_id && got.seqno == header.seqno,
                      "a packet has its header");
        fuzz::require(outcome->quick_ack_token == made.quick_ack_token,
                      "both ends see the same quick-ack token");
    }
}

void open_authentic(wire::role self, byte_view plain) {
    std::vector<std::byte> text(plain.begin(), plain.end());
    text.resize(text.size() / crypto::aes_block_size * crypto::aes_block_size);
    const crypto::direction way = wire::receives(self);
    const crypto::auth_key& key = *fixed_key();
    crypto::sha256_state hash;  // protocol 4.1
    hash.update(crypto::message_hash_prefix(key, way));
    hash.update(text);
    const crypto::message_key mark = crypto::message_key_v2(hash.finish());
    std::vector<std::byte> packet(wire::sealed_head_size + text.size());
    store_le(packet.data(), key.id());
    std::copy(mark.begin(), mark.end(), packet.begin() + wire::msg_key_at);
    crypto::aes_ige_encrypt(text, byte_span(packet).subspan(wire::sealed_head_size),
                            crypto::message_cipher_v2(key, mark, way));
    const auto opened = wire::open(wire::packet::copy(packet), fixed_key(), self);

    bool good = false;
    std::int64_t length = 0;
    if (text.size() >= wire::inner_head_size) {
        length = load_le<std::int32_t>(text.data() + wire::length_at);
        const std::int64_t padding = static_cast<std::int64_t>(text.size() - wire::inner_head_size) - length;
        good = length >= 0 && length % 4 == 0 && padding >= std::int64_t{wire::least_padding} &&
               padding <= std::int64_t{wire::most_padding};
    }
    fuzz::require(opened.has_value() == good, "length and padding decide alone (protocol 4.3)");
    if (good) fuzz::require(std::int64_t(opened->body.size()) == length, "the body is as long as it says");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input from(data, size);
    const std::uint8_t choice = from.u8();
    const wire::role self = choice & 4 ? wire::role::server : wire::role::client;
    switch (choice & 3) {
        case 0:
            open_anything(self, from.rest());
            break;
        case 1:
            open_changed(self, from);
            break;
        default:
            open_authentic(self, from.rest());
            break;
    }
    return 0;
}
