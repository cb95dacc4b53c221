// Keys that are the same at every run, so that an input means the same.
#pragma once

#include "crypto/auth_key.hpp"
#include "crypto/seeded_random.hpp"

#include <cstdint>
#include <memory>

namespace mtproto::fuzz {

inline std::shared_ptr<const crypto::auth_key> seeded_key(std::uint64_t seed) {
    crypto::seeded_random random(seed);
    crypto::secret<256> secret;
    random.fill(secret.span());
    return std::make_shared<const crypto::auth_key>(secret.span());
}

}  // namespace mtproto::fuzz
