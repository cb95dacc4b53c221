// Digests by OpenSSL's EVP, with algorithms fetched once and one context a thread.
#include "crypto/sha.hpp"

#include "crypto/secret.hpp"

#include <openssl/evp.h>

#include <new>
#include <stdexcept>

namespace mtproto::crypto {

// Of the names that everybody sees, because sha256_state::context has one.
struct digest_context_delete {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using context_owner = std::unique_ptr<EVP_MD_CTX, digest_context_delete>;

namespace {

void require(int done) {
    if (done != 1) throw std::runtime_error("OpenSSL refused to hash");
}

// Looking an algorithm up costs more than hashing a block, so each is looked up once and kept for good.
const EVP_MD* fetch(const char* name) {
    EVP_MD* found = EVP_MD_fetch(nullptr, name, nullptr);
    if (!found) throw std::runtime_error(std::string("OpenSSL has no ") + name);
    return found;
}
const EVP_MD* sha1_algorithm() {
    static const EVP_MD* const found = fetch("SHA1");
    return found;
}
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const found = fetch("SHA256");
    return found;
}
const EVP_MD* sha512_algorithm() {
    static const EVP_MD* const found = fetch("SHA512");
    return found;
}
const EVP_MD* md5_algorithm() {
    static const EVP_MD* const found = fetch("MD5");
    return found;
}

context_owner new_context() {
    context_owner made(EVP_MD_CTX_new());
    if (!made) throw std::bad_alloc();
    return made;
}

template <class Digest>
Digest digest(const EVP_MD* algorithm, EVP_MD_CTX* context, std::initializer_list<byte_view> parts) {
    Digest out;
    require(EVP_DigestInit_ex2(context, algorithm, nullptr));
    for (const byte_view part : parts)
        require(EVP_DigestUpdate(context, part.data(), part.size()));
    require(EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(out.data()), nullptr));
    return out;
}

void pbkdf2(const EVP_MD* algorithm, byte_view password, byte_view salt, std::uint32_t iterations,
            byte_span out) {
    // OpenSSL takes a null pointer for no password at all.
    const char* text = password.empty() ? "" : reinterpret_cast<const char*>(password.data());
    require(PKCS5_PBKDF2_HMAC(text, static_cast<int>(password.size()),
                              reinterpret_cast<const unsigned char*>(salt.data()),
                              static_cast<int>(salt.size()), static_cast<int>(iterations), algorithm,
                              static_cast<int>(out.size()), reinterpret_cast<unsigned char*>(out.data())));
}

}  // namespace

sha1_digest sha1(std::initializer_list<byte_view> parts) {
    static thread_local const context_owner context = new_context();
    return digest<sha1_digest>(sha1_algorithm(), context.get(), parts);
}

sha256_digest sha256(std::initializer_list<byte_view> parts) {
    static thread_local const context_owner context = new_context();
    return digest<sha256_digest>(sha256_algorithm(), context.get(), parts);
}

sha512_digest sha512(std::initializer_list<byte_view> parts) {
    return digest<sha512_digest>(sha512_algorithm(), new_context().get(), parts);
}

md5_digest md5(std::initializer_list<byte_view> parts) {
    return digest<md5_digest>(md5_algorithm(), new_context().get(), parts);
}

sha256_digest hmac_sha256(byte_view key, std::initializer_list<byte_view> parts) {
    // RFC 2104
    secret<64> pad;
    if (key.size() > pad.size()) {
        const sha256_digest shorter = sha256(key);
        std::copy(shorter.begin(), shorter.end(), pad.data());
    } else {
        std::copy(key.begin(), key.end(), pad.data());
    }
    for (std::byte& byte : pad.span())
        byte ^= std::byte{0x36};
    sha256_state inner;
    inner.update(pad);
    for (const byte_view part : parts)
        inner.update(part);
    const sha256_digest inner_digest = inner.finish();
    for (std::byte& byte : pad.span())
        byte ^= std::byte{0x36 ^ 0x5c};
    return sha256({pad, inner_digest});
}

void pbkdf2_sha1(byte_view password, byte_view salt, std::uint32_t iterations, byte_span out) {
    pbkdf2(sha1_algorithm(), password, salt, iterations, out);
}

void pbkdf2_sha256(byte_view password, byte_view salt, std::uint32_t iterations, byte_span out) {
    pbkdf2(sha256_algorithm(), password, salt, iterations, out);
}

void pbkdf2_sha512(byte_view password, byte_view salt, std::uint32_t iterations, byte_span out) {
    pbkdf2(sha512_algorithm(), password, salt, iterations, out);
}

struct sha256_state::context {
    context_owner evp = new_context();
    void begin() { require(EVP_DigestInit_ex2(evp.get(), sha256_algorithm(), nullptr)); }
};

sha256_state::sha256_state() : context_(std::make_unique<context>()) {
    context_->begin();
}
sha256_state::sha256_state(const sha256_state& other) : context_(std::make_unique<context>()) {
    require(EVP_MD_CTX_copy_ex(context_->evp.get(), other.context_->evp.get()));
}
sha256_state::sha256_state(sha256_state&&) noexcept = default;
sha256_state& sha256_state::operator=(sha256_state other) noexcept {
    context_.swap(other.context_);
    return *this;
}
sha256_state::~sha256_state() = default;

void sha256_state::update(byte_view data) {
    require(EVP_DigestUpdate(context_->evp.get(), data.data(), data.size()));
}

sha256_digest sha256_state::finish() {
    sha256_digest out;
    require(EVP_DigestFinal_ex(context_->evp.get(), reinterpret_cast<unsigned char*>(out.data()), nullptr));
    context_->begin();
    return out;
}

}  // namespace mtproto::crypto
