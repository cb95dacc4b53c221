// RSA private keys, for one's own data centre.
#include "crypto/aes_ige.hpp"
#include "crypto/rsa_pkey.hpp"
#include "crypto/sha.hpp"

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>

namespace mtproto::crypto {

struct rsa_private_key::state {
    pkey key;
    rsa_public_key public_key;
};

result<rsa_private_key> rsa_private_key::generate() {
    pkey key(EVP_RSA_gen(static_cast<unsigned>(8 * rsa_size)));
    if (!key) throw std::runtime_error("OpenSSL made no RSA key");
    auto public_key = public_part(key);
    if (!public_key) return public_key.error();
    return rsa_private_key(std::make_shared<const state>(state{std::move(key), *std::move(public_key)}));
}

result<rsa_private_key> rsa_private_key::from_pem(std::string_view pem) {
    // No password is ever asked for.
    const auto no_password = [](char*, int, int, void*) { return -1; };
    pkey key(PEM_read_bio_PrivateKey(new_bio(pem).get(), nullptr, no_password, nullptr));
    if (!key || EVP_PKEY_is_a(key.get(), "RSA") != 1) return errc::malformed;
    auto public_key = public_part(key);
    if (!public_key) return public_key.error();
    return rsa_private_key(std::make_shared<const state>(state{std::move(key), *std::move(public_key)}));
}

std::string rsa_private_key::to_pem() const {
    const bio out = new_bio();
    if (PEM_write_bio_PKCS8PrivateKey(out.get(), state_->key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
        1)
        throw std::bad_alloc();
    return text_of(out);
}

const rsa_public_key& rsa_private_key::public_key() const noexcept {
    return state_->public_key;
}

result<secret<rsa_size>> rsa_private_key::raw(std::span<const std::byte, rsa_size> cipher) const {
    const pkey_context context(EVP_PKEY_CTX_new_from_pkey(nullptr, state_->key.get(), nullptr));
    if (!context || EVP_PKEY_decrypt_init(context.get()) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1)
        throw std::runtime_error("OpenSSL refused to decrypt");
    secret<rsa_size> made;
    std::size_t size = made.size();
    if (EVP_PKEY_decrypt(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size,
                         reinterpret_cast<const unsigned char*>(cipher.data()), cipher.size()) != 1 ||
        size != made.size())
        return errc::bad_argument;
    return made;
}

result<secret<rsa_pad_padded_size>> rsa_private_key::decrypt(
    std::span<const std::byte, rsa_size> cipher) const {
    auto block = raw(cipher);
    if (!block) return errc::malformed;
    const byte_span masked_key = block->span().first(32);
    const byte_span a = block->span().subspan(32);
    ige_key temp;  // iv 0
    const sha256_digest mask = sha256(a);
    for (std::size_t i = 0; i < mask.size(); ++i)
        temp.key.span()[i] = masked_key[i] ^ mask[i];
    aes_ige_decrypt(a, a, temp);
    secret<rsa_pad_padded_size> data;
    std::reverse_copy(a.begin(), a.begin() + rsa_pad_padded_size, data.data());
    if (!constant_time_equal(sha256({temp.key, data}), a.subspan(rsa_pad_padded_size)))
        return errc::malformed;
    return data;
}

}  // namespace mtproto::crypto
