// AES-NI and SHA-NI interleaved, within sixteen registers.
#include "crypto/ige_sha256_ni.hpp"

#if defined(__x86_64__)

#define MTPROTO_LOOP_TARGET "aes,sha,sse4.1"
#include "crypto/ige_sha256_loop.hpp"

namespace mtproto::crypto {

void ige_sha256_ni_decrypt(std::span<ige_sha256_lane> lanes, std::size_t count) noexcept {
    run_lanes(lanes, count);
}

}  // namespace mtproto::crypto

#else

namespace mtproto::crypto {

// Never called: cpu() has none of these here.
void ige_sha256_ni_decrypt(std::span<ige_sha256_lane>, std::size_t) noexcept {}

}  // namespace mtproto::crypto

#endif
