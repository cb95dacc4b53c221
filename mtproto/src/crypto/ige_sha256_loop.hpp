// The loop that decrypts and hashes at once, as the function MTPROTO_LOOP_NAME for the instructions that
// MTPROTO_LOOP_TARGET names: the rounds of a block's decryption are spread between the rounds of the hash of
// the 64 bytes before it, so that each fills the other's waits. Private to crypto: each source that includes
// it has a loop of its own.
#pragma once

#include "crypto/ige_sha256_ni.hpp"

#if defined(__x86_64__)

#include "crypto/aes_ni_rounds.hpp"
#include "crypto/sha256_ni_rounds.hpp"

#include <utility>

#define MTPROTO_LOOP __attribute__((target(MTPROTO_LOOP_TARGET)))
#define MTPROTO_LOOP_INLINE __attribute__((target(MTPROTO_LOOP_TARGET), always_inline)) inline

namespace mtproto::crypto {
namespace {

// What the loop keeps of one lane.
struct pair {
    aes_ni::chain cipher;
    sha_ni::stream hash;
};

template <std::size_t Round, std::size_t... Lane>
MTPROTO_LOOP_INLINE void cipher_round(pair* p, const ige_sha256_lane* lanes, std::index_sequence<Lane...>) {
    ((p[Lane].cipher.state =
          aes_ni::middle_round<true>(p[Lane].cipher.state, aes_ni::round_key(lanes[Lane].cipher, Round))),
     ...);
}

template <std::size_t First, class Lanes, std::size_t... Round>
MTPROTO_LOOP_INLINE void cipher_rounds(pair* p, const ige_sha256_lane* lanes, Lanes all,
                                       std::index_sequence<Round...>) {
    (cipher_round<First + Round>(p, lanes, all), ...);
}

template <std::size_t Group, std::size_t... Lane>
MTPROTO_LOOP_INLINE void hash_rounds(pair* p, std::index_sequence<Lane...>) {
    (sha_ni::four_rounds<Group>(p[Lane].hash), ...);
}

// One block of 16 bytes of the cipher with a quarter of the hash: 13 rounds in four portions.
template <std::size_t Block, std::size_t... Lane>
MTPROTO_LOOP_INLINE void cipher_block(pair* p, const ige_sha256_lane* lanes, std::size_t offset,
                                      std::index_sequence<Lane...> all) {
    (aes_ni::first_round(p[Lane].cipher, lanes[Lane].cipher, offset + 16 * Block), ...);
    hash_rounds<4 * Block>(p, all);
    cipher_rounds<1>(p, lanes, all, std::make_index_sequence<3>());
    hash_rounds<4 * Block + 1>(p, all);
    cipher_rounds<4>(p, lanes, all, std::make_index_sequence<3>());
    hash_rounds<4 * Block + 2>(p, all);
    cipher_rounds<7>(p, lanes, all, std::make_index_sequence<3>());
    hash_rounds<4 * Block + 3>(p, all);
    cipher_rounds<10>(p, lanes, all, std::make_index_sequence<4>());
    (aes_ni::end_block<true>(p[Lane].cipher, lanes[Lane].cipher, offset + 16 * Block), ...);
}

MTPROTO_LOOP_INLINE void begin(pair& p, const ige_sha256_lane& lane) {
    aes_ni::begin<true>(p.cipher, lane.cipher);
    sha_ni::load_state(p.hash, lane.hash);
    p.hash.data = lane.unhashed;
}

MTPROTO_LOOP_INLINE void end(const pair& p, ige_sha256_lane& lane, std::size_t bytes) {
    aes_ni::end<true>(p.cipher, lane.cipher, bytes);
    sha_ni::store_state(p.hash, lane.hash);
    lane.unhashed += bytes;
}

template <std::size_t... Lane>
MTPROTO_LOOP void run(ige_sha256_lane* lanes, std::size_t count, std::index_sequence<Lane...> all) noexcept {
    pair p[sizeof...(Lane)];
    (begin(p[Lane], lanes[Lane]), ...);
    const std::size_t bytes = count * sha256_block_size;
    for (std::size_t offset = 0; offset < bytes; offset += sha256_block_size) {
        (sha_ni::begin_block(p[Lane].hash), ...);
        cipher_block<0>(p, lanes, offset, all);
        cipher_block<1>(p, lanes, offset, all);
        cipher_block<2>(p, lanes, offset, all);
        cipher_block<3>(p, lanes, offset, all);
        (sha_ni::end_block(p[Lane].hash), ...);
    }
    (end(p[Lane], lanes[Lane], bytes), ...);
}

}  // namespace

void MTPROTO_LOOP_NAME(std::span<ige_sha256_lane> lanes, std::size_t count) noexcept {
    switch (lanes.size()) {
        case 1:
            return run(lanes.data(), count, std::make_index_sequence<1>());
        case 2:
            return run(lanes.data(), count, std::make_index_sequence<2>());
        case 3:
            return run(lanes.data(), count, std::make_index_sequence<3>());
        case 4:
            return run(lanes.data(), count, std::make_index_sequence<4>());
        default:
            return;
    }
}

}  // namespace mtproto::crypto

#else

namespace mtproto::crypto {

// Never called: cpu() has no such instructions here.
void MTPROTO_LOOP_NAME(std::span<ige_sha256_lane>, std::size_t) noexcept {}

}  // namespace mtproto::crypto

#endif
