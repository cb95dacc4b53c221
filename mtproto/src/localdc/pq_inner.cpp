// Reading p_q_inner_data.
#include "localdc/pq_inner.hpp"

#include "crypto/pq.hpp"
#include "crypto/sha.hpp"

#include <mtproto/tl/reader.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <algorithm>

namespace mtproto::localdc {
namespace {

// The forms that are not in the schema any more: the same fields without dc.
constexpr std::uint32_t p_q_inner_data_id = 0x83c95aec;
constexpr std::uint32_t p_q_inner_data_temp_id = 0x3c6a84d4;

struct parsed {
    pq_inner data;
    std::size_t size = 0;
};

std::optional<std::uint64_t> number(tl::reader& in) {
    const auto value = crypto::from_big_endian(in.bytes());
    if (!value) return std::nullopt;
    return *value;
}

std::optional<parsed> parse(byte_view text) {
    tl::reader in(bytes::copy(text));
    const std::uint32_t id = in.u32();
    const bool has_dc = id == tl::p_q_inner_data_dc::tl_id || id == tl::p_q_inner_data_temp_dc::tl_id;
    const bool temporary = id == p_q_inner_data_temp_id || id == tl::p_q_inner_data_temp_dc::tl_id;
    if (!has_dc && !temporary && id != p_q_inner_data_id) return std::nullopt;
    parsed made;
    const auto pq = number(in);
    const auto p = number(in);
    const auto q = number(in);
    if (!pq || !p || !q) return std::nullopt;
    made.data.pq = *pq;
    made.data.p = *p;
    made.data.q = *q;
    made.data.nonce = in.i128();
    made.data.server_nonce = in.i128();
    tl::int256 new_nonce = in.i256();
    made.data.new_nonce = crypto::secret<32>(new_nonce);
    crypto::wipe(new_nonce);
    if (has_dc) made.data.dc = in.i32();
    if (temporary) made.data.expires_in = in.i32();
    if (!in.ok()) return std::nullopt;
    made.size = in.position();
    return made;
}

// A zero byte (the number is below the modulus), SHA1(data), data, random bytes.
std::optional<pq_inner> open_older_padding(const crypto::rsa_private_key& key,
                                           std::span<const std::byte, crypto::rsa_size> block) {
    const auto opened = key.raw(block);
    if (!opened || opened->span()[0] != std::byte{0}) return std::nullopt;
    constexpr std::size_t digest_size = std::tuple_size_v<crypto::sha1_digest>;
    const byte_view digest = opened->view().subspan(1, digest_size);
    const byte_view text = opened->view().subspan(1 + digest_size);
    const auto made = parse(text);
    if (!made || !crypto::constant_time_equal(crypto::sha1(text.first(made->size)), digest))
        return std::nullopt;
    return made->data;
}

}  // namespace

std::optional<pq_inner> open_pq_inner(const crypto::rsa_private_key& key, byte_view encrypted) {
    if (encrypted.size() != crypto::rsa_size) return std::nullopt;
    const auto block = encrypted.first<crypto::rsa_size>();
    const auto opened = key.decrypt(block);
    if (!opened) return open_older_padding(key, block);
    const auto made = parse(opened->view());
    if (!made || made->size > crypto::rsa_pad_max_data) return std::nullopt;
    return made->data;
}

}  // namespace mtproto::localdc
