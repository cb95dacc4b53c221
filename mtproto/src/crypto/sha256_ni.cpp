// The rounds of SHA-256 by SHA-NI. sha256rnds2 takes 4 cycles to answer but can start every 2, so a second,
// independent stream fits into the waits of the first.
#include "crypto/sha256_ni.hpp"

#if defined(__x86_64__)

#include "crypto/sha256_ni_rounds.hpp"

#include <utility>

namespace mtproto::crypto {
namespace {

using namespace sha_ni;

// One group of rounds of each stream.
template <std::size_t Group, class... Stream>
MTPROTO_SHA_NI_INLINE void in_turn(Stream&... s) {
    (four_rounds<Group>(s), ...);
}

template <std::size_t... Group, class... Stream>
MTPROTO_SHA_NI_INLINE void block(std::index_sequence<Group...>, Stream&... s) {
    (begin_block(s), ...);
    (in_turn<Group>(s...), ...);
    (end_block(s), ...);
}

}  // namespace

MTPROTO_SHA_NI void sha256_ni_one(sha256_words& state, const std::byte* data, std::size_t blocks) noexcept {
    stream s;
    load_state(s, state);
    s.data = data;
    for (; blocks > 0; --blocks)
        block(std::make_index_sequence<16>(), s);
    store_state(s, state);
}

MTPROTO_SHA_NI void sha256_ni_two(sha256_words& state_a, const std::byte* data_a, sha256_words& state_b,
                                  const std::byte* data_b, std::size_t blocks) noexcept {
    stream a, b;
    load_state(a, state_a);
    load_state(b, state_b);
    a.data = data_a;
    b.data = data_b;
    for (; blocks > 0; --blocks)
        block(std::make_index_sequence<16>(), a, b);
    store_state(a, state_a);
    store_state(b, state_b);
}

}  // namespace mtproto::crypto

#else

namespace mtproto::crypto {

// Never called: cpu().sha is false here.
void sha256_ni_one(sha256_words&, const std::byte*, std::size_t) noexcept {}
void sha256_ni_two(sha256_words&, const std::byte*, sha256_words&, const std::byte*, std::size_t) noexcept {}

}  // namespace mtproto::crypto

#endif
