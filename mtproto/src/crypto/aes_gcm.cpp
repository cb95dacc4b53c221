// GCM by OpenSSL's EVP.
#include "crypto/aes_gcm.hpp"

#include "crypto/evp_cipher.hpp"
#include "crypto/secret.hpp"

#include <algorithm>
#include <array>

namespace mtproto::crypto {
namespace {

// Data comes from files of some KiB: sizes fit EVP's int.
void update(EVP_CIPHER_CTX* context, std::byte* out, byte_view in) {
    int written = 0;
    require_cipher(EVP_CipherUpdate(context, reinterpret_cast<unsigned char*>(out), &written,
                                    reinterpret_cast<const unsigned char*>(in.data()),
                                    static_cast<int>(in.size())));
}

}  // namespace

void gcm_seal(std::span<const std::byte, 32> key, std::span<const std::byte, gcm_nonce_size> nonce,
              byte_view header, byte_span data, std::span<std::byte, gcm_tag_size> tag) {
    const cipher_context context = new_cipher_context(aes_256_gcm(), key.data(), nonce.data(), true);
    update(context.get(), nullptr, header);
    update(context.get(), data.data(), data);
    int written = 0;
    std::array<unsigned char, 16> rest;  // GCM leaves none
    require_cipher(EVP_CipherFinal_ex(context.get(), rest.data(), &written));
    require_cipher(
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()), tag.data()));
}

bool gcm_open(std::span<const std::byte, 32> key, std::span<const std::byte, gcm_nonce_size> nonce,
              byte_view header, byte_span data, std::span<const std::byte, gcm_tag_size> tag) {
    const cipher_context context = new_cipher_context(aes_256_gcm(), key.data(), nonce.data(), false);
    update(context.get(), nullptr, header);
    update(context.get(), data.data(), data);
    std::array<std::byte, gcm_tag_size> expected;
    std::copy(tag.begin(), tag.end(), expected.begin());
    require_cipher(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG,
                                       static_cast<int>(expected.size()), expected.data()));
    int written = 0;
    std::array<unsigned char, 16> rest;
    if (EVP_CipherFinal_ex(context.get(), rest.data(), &written) == 1) return true;
    wipe(data);
    return false;
}

}  // namespace mtproto::crypto
