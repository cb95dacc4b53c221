// The rounds of AES-256-IGE by AES-NI. One aesdec takes 4 cycles to answer and two can start in each, so up
// to eight streams share the units that one leaves idle.
#include "crypto/aes_ni.hpp"

#if defined(__x86_64__)

#include "crypto/aes_ni_rounds.hpp"

namespace mtproto::crypto {
namespace {

using namespace aes_ni;

// FIPS 197's key expansion: `previous` is the round key two before, `assist` a broadcast word of the one
// before.
MTPROTO_AES_NI_INLINE __m128i expand(__m128i previous, __m128i assist) {
    previous = _mm_xor_si128(previous, _mm_slli_si128(previous, 4));
    previous = _mm_xor_si128(previous, _mm_slli_si128(previous, 8));
    return _mm_xor_si128(previous, assist);
}
template <int Rcon>
MTPROTO_AES_NI_INLINE __m128i expand_even(__m128i previous, __m128i before) {
    return expand(previous, _mm_shuffle_epi32(_mm_aeskeygenassist_si128(before, Rcon), 0xff));
}
MTPROTO_AES_NI_INLINE __m128i expand_odd(__m128i previous, __m128i before) {
    return expand(previous, _mm_shuffle_epi32(_mm_aeskeygenassist_si128(before, 0), 0xaa));
}

struct schedule {
    __m128i key[aes_lane::round_keys];
};

MTPROTO_AES_NI_INLINE void expand_key(schedule& keys, std::span<const std::byte, 32> key) {
    __m128i* const k = keys.key;
    k[0] = load(key.data());
    k[1] = load(key.data() + 16);
    k[2] = expand_even<0x01>(k[0], k[1]);
    k[3] = expand_odd(k[1], k[2]);
    k[4] = expand_even<0x02>(k[2], k[3]);
    k[5] = expand_odd(k[3], k[4]);
    k[6] = expand_even<0x04>(k[4], k[5]);
    k[7] = expand_odd(k[5], k[6]);
    k[8] = expand_even<0x08>(k[6], k[7]);
    k[9] = expand_odd(k[7], k[8]);
    k[10] = expand_even<0x10>(k[8], k[9]);
    k[11] = expand_odd(k[9], k[10]);
    k[12] = expand_even<0x20>(k[10], k[11]);
    k[13] = expand_odd(k[11], k[12]);
    k[14] = expand_even<0x40>(k[12], k[13]);
}

template <bool Decrypt, std::size_t... Lane>
MTPROTO_AES_NI void run(aes_lane* lanes, std::size_t blocks, std::index_sequence<Lane...> all) noexcept {
    chain c[sizeof...(Lane)];
    (begin<Decrypt>(c[Lane], lanes[Lane]), ...);
    const std::size_t bytes = blocks * 16;
    for (std::size_t offset = 0; offset < bytes; offset += 16) {
        (first_round(c[Lane], lanes[Lane], offset), ...);
        middle_rounds<Decrypt>(c, lanes, all, std::make_index_sequence<aes_lane::round_keys - 2>());
        (end_block<Decrypt>(c[Lane], lanes[Lane], offset), ...);
    }
    (end<Decrypt>(c[Lane], lanes[Lane], bytes), ...);
}

template <bool Decrypt>
void run_side_by_side(std::span<aes_lane> lanes, std::size_t blocks) noexcept {
    switch (lanes.size()) {
        case 1:
            return run<Decrypt>(lanes.data(), blocks, std::make_index_sequence<1>());
        case 2:
            return run<Decrypt>(lanes.data(), blocks, std::make_index_sequence<2>());
        case 3:
            return run<Decrypt>(lanes.data(), blocks, std::make_index_sequence<3>());
        case 4:
            return run<Decrypt>(lanes.data(), blocks, std::make_index_sequence<4>());
        case 5:
            return run<Decrypt>(lanes.data(), blocks, std::make_index_sequence<5>());
        case 6:
            return run<Decrypt>(lanes.data(), blocks, std::make_index_sequence<6>());
        case 7:
            return run<Decrypt>(lanes.data(), blocks, std::make_index_sequence<7>());
        case 8:
            return run<Decrypt>(lanes.data(), blocks, std::make_index_sequence<8>());
        default:
            return;
    }
}

}  // namespace

MTPROTO_AES_NI void aes_ni_expand_encrypt(aes_lane& lane, std::span<const std::byte, 32> key) noexcept {
    schedule keys;
    expand_key(keys, key);
    for (std::size_t round = 0; round < aes_lane::round_keys; ++round)
        store(lane.keys.data() + 16 * round, keys.key[round]);
    wipe(std::as_writable_bytes(std::span(&keys, 1)));
}

MTPROTO_AES_NI void aes_ni_expand_decrypt(aes_lane& lane, std::span<const std::byte, 32> key) noexcept {
    schedule keys;
    expand_key(keys, key);
    constexpr std::size_t last = aes_lane::round_keys - 1;
    store(lane.keys.data(), keys.key[last]);
    for (std::size_t round = 1; round < last; ++round)
        store(lane.keys.data() + 16 * round, _mm_aesimc_si128(keys.key[last - round]));
    store(lane.keys.data() + 16 * last, keys.key[0]);
    wipe(std::as_writable_bytes(std::span(&keys, 1)));
}

void aes_ni_ige_encrypt(std::span<aes_lane> lanes, std::size_t blocks) noexcept {
    run_side_by_side<false>(lanes, blocks);
}
void aes_ni_ige_decrypt(std::span<aes_lane> lanes, std::size_t blocks) noexcept {
    run_side_by_side<true>(lanes, blocks);
}

}  // namespace mtproto::crypto

#else

namespace mtproto::crypto {

// Never called: cpu().aes is false here.
void aes_ni_expand_encrypt(aes_lane&, std::span<const std::byte, 32>) noexcept {}
void aes_ni_expand_decrypt(aes_lane&, std::span<const std::byte, 32>) noexcept {}
void aes_ni_ige_encrypt(std::span<aes_lane>, std::size_t) noexcept {}
void aes_ni_ige_decrypt(std::span<aes_lane>, std::size_t) noexcept {}

}  // namespace mtproto::crypto

#endif
