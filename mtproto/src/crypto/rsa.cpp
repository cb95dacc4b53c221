// RSA public keys: reading, naming and encrypting to them.
#include "crypto/rsa.hpp"

#include "base/endian.hpp"
#include "crypto/aes_ige.hpp"
#include "crypto/bignum.hpp"
#include "crypto/rsa_pkey.hpp"
#include "crypto/sha.hpp"

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>

namespace mtproto::crypto {
namespace {

void append(std::vector<std::byte>& to, byte_view data) {
    to.insert(to.end(), data.begin(), data.end());
}

byte_view without_leading_zeros(byte_view number) {
    while (!number.empty() && number[0] == std::byte{0})
        number = number.subspan(1);
    return number;
}

// TL's string, bare: what the fingerprint is computed over. (The room tl is not below this one.)
void append_tl_string(std::vector<std::byte>& to, byte_view data) {
    constexpr std::size_t long_form = 254;
    if (data.size() < long_form) {
        to.push_back(static_cast<std::byte>(data.size()));
    } else {
        std::array<std::byte, 4> head;
        store_le(head.data(), static_cast<std::uint32_t>(data.size() << 8 | long_form));
        append(to, head);
    }
    append(to, data);
    while (to.size() % 4 != 0)
        to.push_back(std::byte{0});
}

void append_der(std::vector<std::byte>& to, std::byte tag, byte_view content) {
    to.push_back(tag);
    if (content.size() < 0x80) {
        to.push_back(static_cast<std::byte>(content.size()));
    } else {
        // At most 300 bytes here: the length takes two.
        to.push_back(std::byte{0x82});
        to.push_back(static_cast<std::byte>(content.size() >> 8));
        to.push_back(static_cast<std::byte>(content.size() & 0xff));
    }
    append(to, content);
}

void append_der_integer(std::vector<std::byte>& to, byte_view number) {
    std::vector<std::byte> content;
    if ((number[0] & std::byte{0x80}) != std::byte{0}) content.push_back(std::byte{0});
    append(content, number);
    append_der(to, std::byte{0x02}, content);
}

}  // namespace

rsa_public_key::rsa_public_key(byte_view n, byte_view e) : n_(n.begin(), n.end()), e_(e.begin(), e.end()) {
    std::vector<std::byte> named;
    append_tl_string(named, n_);
    append_tl_string(named, e_);
    fingerprint_ = load_le<std::int64_t>(sha1(named).data() + 12);
}

result<rsa_public_key> rsa_public_key::from_numbers(byte_view n, byte_view e) {
    n = without_leading_zeros(n);
    e = without_leading_zeros(e);
    const bool has_2048_bits = n.size() == rsa_size && (n[0] & std::byte{0x80}) != std::byte{0};
    const bool odd = has_2048_bits && (n.back() & std::byte{1}) != std::byte{0};
    if (!odd || e.empty() || e.size() > sizeof(std::uint64_t)) return errc::malformed;
    return rsa_public_key(n, e);
}

result<rsa_public_key> rsa_public_key::from_pem(std::string_view pem) {
    EVP_PKEY* found = nullptr;
    OSSL_DECODER_CTX* decoder = OSSL_DECODER_CTX_new_for_pkey(
        &found, "PEM", nullptr, "RSA", OSSL_KEYMGMT_SELECT_PUBLIC_KEY, nullptr, nullptr);
    if (!decoder) throw std::bad_alloc();
    const auto* data = reinterpret_cast<const unsigned char*>(pem.data());
    std::size_t size = pem.size();
    const bool decoded = OSSL_DECODER_from_data(decoder, &data, &size) == 1;
    OSSL_DECODER_CTX_free(decoder);
    const pkey key(found);
    if (!decoded || !key) return errc::malformed;
    return public_part(key);
}

std::string rsa_public_key::to_pem() const {
    std::vector<std::byte> numbers, der;
    append_der_integer(numbers, n_);
    append_der_integer(numbers, e_);
    append_der(der, std::byte{0x30}, numbers);
    const bio out = new_bio();
    if (PEM_write_bio(out.get(), "RSA PUBLIC KEY", "", reinterpret_cast<const unsigned char*>(der.data()),
                      static_cast<long>(der.size())) <= 0)
        throw std::bad_alloc();
    return text_of(out);
}

result<rsa_block> rsa_public_key::raw(std::span<const std::byte, rsa_size> message) const {
    if (!std::lexicographical_compare(message.begin(), message.end(), n_.begin(), n_.end()))
        return errc::bad_argument;
    const bignum_context context = new_bignum_context();
    const bignum power = new_bignum();
    require_bn(BN_mod_exp(power.get(), new_bignum(message).get(), new_bignum(byte_view(e_)).get(),
                          new_bignum(byte_view(n_)).get(), context.get()));
    rsa_block made;
    store_bignum(power, made);
    return made;
}

result<rsa_block> rsa_public_key::encrypt(byte_view data, random_source& random) const {
    if (data.size() > rsa_pad_max_data) return errc::bad_argument;
    secret<rsa_pad_padded_size> padded;
    std::copy(data.begin(), data.end(), padded.data());
    random.fill(padded.span().subspan(data.size()));

    for (;;) {
        ige_key temp;  // iv 0
        random.fill(temp.key.span());

        secret<rsa_size> block;  // temp key xor SHA256(a) | a
        const byte_span masked_key = block.span().first(32);
        const byte_span a = block.span().subspan(32);
        std::reverse_copy(padded.view().begin(), padded.view().end(), a.begin());
        sha256_digest hash = sha256({temp.key, padded});
        std::copy(hash.begin(), hash.end(), a.begin() + rsa_pad_padded_size);
        wipe(hash);
        aes_ige_encrypt(a, a, temp);

        sha256_digest mask = sha256(a);
        for (std::size_t i = 0; i < mask.size(); ++i)
            masked_key[i] = temp.key.view()[i] ^ mask[i];
        wipe(mask);
        // raw() fails when the block is no number below n: another temp key gives another block.
        if (auto encrypted = raw(block.span())) return encrypted;
    }
}

const rsa_public_key* find_rsa_key(std::span<const rsa_public_key> keys,
                                   std::span<const std::int64_t> fingerprints) {
    for (const std::int64_t offered : fingerprints)
        for (const rsa_public_key& key : keys)
            if (key.fingerprint() == offered) return &key;
    return nullptr;
}

}  // namespace mtproto::crypto
