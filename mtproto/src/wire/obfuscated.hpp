// The obfuscated transport (protocol 1.7): 64 bytes that look random, then two streams of AES-256-CTR.
#pragma once

#include "crypto/aes_ctr.hpp"
#include "crypto/secret.hpp"
#include "wire/framing.hpp"

#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace mtproto::wire {

inline constexpr std::size_t obfuscation_header_size = 64;
inline constexpr std::size_t proxy_key_size = 16;

using obfuscation_header = std::array<std::byte, obfuscation_header_size>;
/// The 16 bytes that the client of an MTProxy shares with it.
using proxy_key = crypto::secret<proxy_key_size>;

/// The data centre that a header names.
struct dc_mark {
    int dc = 0;
    bool test = false;
    bool media = false;

    /// As it stands in the header: +10000 for the test cluster, negative for media.
    std::int16_t number() const noexcept;
    static dc_mark from(std::int16_t number) noexcept;
    friend bool operator==(const dc_mark&, const dc_mark&) = default;
};

/// The two key streams of one end. They never rewind: each byte goes through its stream once.
struct obfuscation {
    crypto::aes_ctr send;
    crypto::aes_ctr receive;
};

/// What a client begins with.
struct obfuscation_offer {
    obfuscation_header header;  ///< to be sent before anything else, as it is
    obfuscation ciphers;        ///< past the header
};

/// What a server makes of a client's header.
struct obfuscation_accepted {
    framing kind;  ///< of what comes out of `ciphers`; no tag stands in front of it
    dc_mark mark;
    obfuscation ciphers;  ///< past the header
};

/// The full framing has no tag and cannot be obfuscated.
constexpr bool can_be_obfuscated(framing kind) noexcept {
    return kind != framing::full;
}

/// Draws a header. `kind` must be one that can be obfuscated; `key` is that of a proxy, if there is one.
obfuscation_offer offer_obfuscation(framing kind, dc_mark where, const proxy_key* key, random_source& random);

/// The server's side. errc::malformed when no framing is named: another key, or no obfuscated stream at all.
result<obfuscation_accepted> accept_obfuscation(std::span<const std::byte, obfuscation_header_size> header,
                                                const proxy_key* key);

}  // namespace mtproto::wire
