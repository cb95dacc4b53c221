// Where random bytes come from: handed in, so that a test can seed them.
#pragma once

#include <mtproto/bytes.hpp>

#include <cstdint>

namespace mtproto {

/// A source of random bytes. Implementations used outside tests must be cryptographically secure.
class random_source {
  public:
    virtual ~random_source() = default;
    virtual void fill(byte_span out) = 0;

    std::uint32_t next_u32() {
        std::uint32_t value = 0;
        fill(std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }
    std::uint64_t next_u64() {
        std::uint64_t value = 0;
        fill(std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }
};

/// The operating system's generator (OpenSSL's RAND_bytes). Lives for the whole program; thread safe.
random_source& system_random();

}  // namespace mtproto
