// The steps of SHA-256 by SHA-NI, to be put together into loops. Private to crypto; x86-64 only.
#pragma once

#include "crypto/sha256_ni.hpp"

#include <immintrin.h>

#define MTPROTO_SHA_NI __attribute__((target("sha,sse4.1")))
#define MTPROTO_SHA_NI_INLINE __attribute__((target("sha,sse4.1"), always_inline)) inline

namespace mtproto::crypto::sha_ni {

alignas(16) inline constexpr std::uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// One stream inside the kernel. The instructions want the words as ABEF and CDGH.
struct stream {
    __m128i abef, cdgh;
    __m128i abef_before, cdgh_before;
    __m128i w0, w1, w2, w3;  // the last 16 words of the message schedule
    const std::byte* data;
};

MTPROTO_SHA_NI_INLINE void load_state(stream& s, const sha256_words& words) {
    const __m128i dcba = _mm_loadu_si128(reinterpret_cast<const __m128i*>(words.data()));
    const __m128i hgfe = _mm_loadu_si128(reinterpret_cast<const __m128i*>(words.data() + 4));
    const __m128i cdab = _mm_shuffle_epi32(dcba, 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(hgfe, 0x1b);
    s.abef = _mm_alignr_epi8(cdab, efgh, 8);
    s.cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
}

MTPROTO_SHA_NI_INLINE void store_state(const stream& s, sha256_words& words) {
    const __m128i feba = _mm_shuffle_epi32(s.abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(s.cdgh, 0xb1);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(words.data()), _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(words.data() + 4), _mm_alignr_epi8(dchg, feba, 8));
}

template <std::size_t Group>
MTPROTO_SHA_NI_INLINE __m128i& schedule(stream& s) {
    if constexpr (Group % 4 == 0) return s.w0;
    if constexpr (Group % 4 == 1) return s.w1;
    if constexpr (Group % 4 == 2) return s.w2;
    if constexpr (Group % 4 == 3) return s.w3;
}

// Rounds 4 * Group to 4 * Group + 3.
template <std::size_t Group>
MTPROTO_SHA_NI_INLINE void four_rounds(stream& s) {
    __m128i& w = schedule<Group>(s);
    if constexpr (Group < 4) {
        const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
        w = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(s.data + 16 * Group)),
                             big_endian);
    } else {
        const __m128i before = schedule<Group + 3>(s);
        const __m128i middle = _mm_alignr_epi8(before, schedule<Group + 2>(s), 4);
        w = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(w, schedule<Group + 1>(s)), middle),
                                 before);
    }
    const __m128i constants = _mm_load_si128(reinterpret_cast<const __m128i*>(round_constants + 4 * Group));
    const __m128i words = _mm_add_epi32(w, constants);
    s.cdgh = _mm_sha256rnds2_epu32(s.cdgh, s.abef, words);
    s.abef = _mm_sha256rnds2_epu32(s.abef, s.cdgh, _mm_shuffle_epi32(words, 0x0e));
}

// What every block begins and ends with.
MTPROTO_SHA_NI_INLINE void begin_block(stream& s) {
    s.abef_before = s.abef;
    s.cdgh_before = s.cdgh;
}
MTPROTO_SHA_NI_INLINE void end_block(stream& s) {
    s.abef = _mm_add_epi32(s.abef, s.abef_before);
    s.cdgh = _mm_add_epi32(s.cdgh, s.cdgh_before);
    s.data += sha256_block_size;
}

}  // namespace mtproto::crypto::sha_ni
