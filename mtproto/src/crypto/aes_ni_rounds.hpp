// The steps of AES-256-IGE by AES-NI, to be put together into loops. Private to crypto; x86-64 only.
#pragma once

#include "crypto/aes_ni.hpp"

#include <immintrin.h>
#include <utility>

#define MTPROTO_AES_NI __attribute__((target("aes,sse4.1")))
#define MTPROTO_AES_NI_INLINE __attribute__((target("aes,sse4.1"), always_inline)) inline

namespace mtproto::crypto::aes_ni {

MTPROTO_AES_NI_INLINE __m128i load(const std::byte* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
MTPROTO_AES_NI_INLINE void store(std::byte* to, __m128i value) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), value);
}
MTPROTO_AES_NI_INLINE __m128i round_key(const aes_lane& lane, std::size_t round) {
    return _mm_load_si128(reinterpret_cast<const __m128i*>(lane.keys.data() + 16 * round));
}

template <bool Decrypt>
MTPROTO_AES_NI_INLINE __m128i middle_round(__m128i state, __m128i key) {
    return Decrypt ? _mm_aesdec_si128(state, key) : _mm_aesenc_si128(state, key);
}
template <bool Decrypt>
MTPROTO_AES_NI_INLINE __m128i last_round(__m128i state, __m128i key) {
    return Decrypt ? _mm_aesdeclast_si128(state, key) : _mm_aesenclast_si128(state, key);
}

// What the loop keeps of each stream. Decryption goes from ciphertext to plaintext, so `from` is the
// ciphertext side there and the plaintext side when encrypting: out = AES(in ^ out_before) ^ in_before either
// way.
struct chain {
    __m128i state;
    __m128i input;
    __m128i input_before;
    __m128i output_before;
};

template <bool Decrypt, std::size_t Round, std::size_t... Lane>
MTPROTO_AES_NI_INLINE void round_of_all(chain* c, aes_lane* lanes, std::index_sequence<Lane...>) {
    ((c[Lane].state = middle_round<Decrypt>(c[Lane].state, round_key(lanes[Lane], Round))), ...);
}

template <bool Decrypt, class Lanes, std::size_t... Round>
MTPROTO_AES_NI_INLINE void middle_rounds(chain* c, aes_lane* lanes, Lanes all,
                                         std::index_sequence<Round...>) {
    (round_of_all<Decrypt, Round + 1>(c, lanes, all), ...);
}

template <bool Decrypt>
MTPROTO_AES_NI_INLINE void begin(chain& c, const aes_lane& lane) {
    c.input_before = load(Decrypt ? lane.cipher_before.data() : lane.plain_before.data());
    c.output_before = load(Decrypt ? lane.plain_before.data() : lane.cipher_before.data());
}

MTPROTO_AES_NI_INLINE void first_round(chain& c, const aes_lane& lane, std::size_t offset) {
    c.input = load(lane.in + offset);
    // The chained block comes last: everything else is there before the block before is done.
    c.state = _mm_xor_si128(_mm_xor_si128(c.input, round_key(lane, 0)), c.output_before);
}

template <bool Decrypt>
MTPROTO_AES_NI_INLINE void end_block(chain& c, const aes_lane& lane, std::size_t offset) {
    // Folding the chained input into the last round key keeps one xor out of the critical path.
    const __m128i key = _mm_xor_si128(round_key(lane, aes_lane::round_keys - 1), c.input_before);
    c.output_before = last_round<Decrypt>(c.state, key);
    c.input_before = c.input;
    store(lane.out + offset, c.output_before);
}

template <bool Decrypt>
MTPROTO_AES_NI_INLINE void end(const chain& c, aes_lane& lane, std::size_t bytes) {
    store(Decrypt ? lane.cipher_before.data() : lane.plain_before.data(), c.input_before);
    store(Decrypt ? lane.plain_before.data() : lane.cipher_before.data(), c.output_before);
    lane.in += bytes;
    lane.out += bytes;
    lane.blocks -= bytes / 16;
}

}  // namespace mtproto::crypto::aes_ni
