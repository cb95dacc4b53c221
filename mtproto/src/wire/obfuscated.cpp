// Making and reading the header of an obfuscated stream (protocol 1.7).
#include "wire/obfuscated.hpp"

#include "base/endian.hpp"
#include "crypto/sha.hpp"
#include "wire/framing_layout.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

namespace mtproto::wire {
namespace {

constexpr std::size_t key_at = 8;
constexpr std::size_t iv_at = 40;
constexpr std::size_t tag_at = 56;
constexpr std::size_t dc_at = 60;
constexpr std::size_t key_size = iv_at - key_at;
constexpr std::size_t iv_size = tag_at - iv_at;
constexpr int test_offset = 10000;

/// Beginnings that would be taken for something else: HEAD, POST, GET, OPTI, TLS, the plain framings.
constexpr std::uint32_t taken[] = {0x44414548, 0x54534f50, 0x20544547,      0x4954504f,
                                   0x02010316, padded_tag, intermediate_tag};

bool looks_like_another(const obfuscation_header& header) {
    const auto first = load_le<std::uint32_t>(header.data());
    return header[0] == abridged_tag ||
           std::find(std::begin(taken), std::end(taken), first) != std::end(taken) ||
           load_le<std::uint32_t>(header.data() + 4) == 0;
}

std::uint32_t tag_of(framing kind) {
    constexpr std::uint32_t abridged_four_times = 0xefefefef;
    return kind == framing::abridged              ? abridged_four_times
           : kind == framing::padded_intermediate ? padded_tag
                                                  : intermediate_tag;
}

std::optional<framing> framing_of(std::uint32_t tag) {
    for (const framing each : {framing::abridged, framing::intermediate, framing::padded_intermediate})
        if (tag_of(each) == tag) return each;
    return std::nullopt;
}

crypto::aes_ctr cipher(std::span<const std::byte, key_size + iv_size> secrets, const proxy_key* key) {
    const auto iv = secrets.last<iv_size>();
    if (!key) return {secrets.first<key_size>(), iv};
    crypto::sha256_digest mixed = crypto::sha256({secrets.first<key_size>(), key->view()});
    crypto::aes_ctr made(mixed, iv);
    crypto::wipe(mixed);
    return made;
}

/// The client's way of sending has the bytes as they stand, the server's has them reversed.
struct both_ways {
    crypto::aes_ctr from_client;
    crypto::aes_ctr from_server;
};
both_ways ciphers_of(std::span<const std::byte, obfuscation_header_size> header, const proxy_key* key) {
    crypto::secret<key_size + iv_size> ahead(header.subspan<key_at, key_size + iv_size>());
    crypto::secret<key_size + iv_size> reversed = ahead;
    std::reverse(reversed.data(), reversed.data() + reversed.size());
    return {cipher(ahead.span(), key), cipher(reversed.span(), key)};
}

}  // namespace

std::int16_t dc_mark::number() const noexcept {
    const int marked = dc + (test ? test_offset : 0);
    return static_cast<std::int16_t>(media ? -marked : marked);
}

dc_mark dc_mark::from(std::int16_t number) noexcept {
    dc_mark made;
    made.media = number < 0;
    made.dc = made.media ? -int{number} : int{number};
    made.test = made.dc > test_offset;
    if (made.test) made.dc -= test_offset;
    return made;
}

obfuscation_offer offer_obfuscation(framing kind, dc_mark mark, const proxy_key* key, random_source& random) {
    assert(can_be_obfuscated(kind));
    obfuscation_header plain;
    do {
        random.fill(plain);
    } while (looks_like_another(plain));
    store_le(plain.data() + tag_at, tag_of(kind));
    store_le(plain.data() + dc_at, mark.number());

    both_ways ciphers = ciphers_of(plain, key);
    obfuscation_header sealed = plain;
    ciphers.from_client.apply(sealed);  // all 64: what comes after goes on from there
    std::copy(sealed.begin() + tag_at, sealed.end(), plain.begin() + tag_at);
    return {plain, {std::move(ciphers.from_client), std::move(ciphers.from_server)}};
}

result<obfuscation_accepted> accept_obfuscation(std::span<const std::byte, obfuscation_header_size> header,
                                                const proxy_key* key) {
    both_ways ciphers = ciphers_of(header, key);
    obfuscation_header opened;
    ciphers.from_client.apply(header, opened);
    const auto kind = framing_of(load_le<std::uint32_t>(opened.data() + tag_at));
    if (!kind) return errc::malformed;
    return obfuscation_accepted{*kind,
                                dc_mark::from(load_le<std::int16_t>(opened.data() + dc_at)),
                                {std::move(ciphers.from_server), std::move(ciphers.from_client)}};
}

}  // namespace mtproto::wire
