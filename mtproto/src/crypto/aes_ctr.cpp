// Counter mode by OpenSSL's EVP, which interleaves blocks by itself.
#include "crypto/aes_ctr.hpp"

#include "crypto/evp_cipher.hpp"
#include "crypto/secret.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace mtproto::crypto {
namespace {

constexpr std::size_t block_size = 16;
// EVP counts in int.
constexpr std::size_t largest_step = std::size_t{1} << 30;

}  // namespace

struct aes_ctr::state {
    cipher_context context;
    std::array<std::byte, block_size> first_counter;
};

aes_ctr::aes_ctr(std::span<const std::byte, 32> key, std::span<const std::byte, 16> iv)
    : state_(std::make_unique<state>()) {
    std::copy(iv.begin(), iv.end(), state_->first_counter.begin());
    state_->context = new_cipher_context(aes_256_ctr(), key.data(), iv.data(), true);
}
aes_ctr::aes_ctr(aes_ctr&&) noexcept = default;
aes_ctr& aes_ctr::operator=(aes_ctr&&) noexcept = default;
aes_ctr::~aes_ctr() = default;

void aes_ctr::apply(byte_span data) {
    apply(data, data);
}

void aes_ctr::apply(byte_view in, byte_span out) {
    assert(in.size() == out.size());
    while (!in.empty()) {
        const std::size_t step = std::min(in.size(), largest_step);
        int written = 0;
        require_cipher(EVP_EncryptUpdate(state_->context.get(), reinterpret_cast<unsigned char*>(out.data()),
                                         &written, reinterpret_cast<const unsigned char*>(in.data()),
                                         static_cast<int>(step)));
        in = in.subspan(step);
        out = out.subspan(step);
    }
}

void aes_ctr::seek(std::int64_t offset) {
    assert(offset >= 0);
    std::array<std::byte, block_size> counter = state_->first_counter;
    // counter += offset / 16, as one big-endian number
    auto carry = static_cast<std::uint64_t>(offset) / block_size;
    for (std::size_t i = counter.size(); i-- > 0 && carry != 0;) {
        carry += std::to_integer<std::uint64_t>(counter[i]);
        counter[i] = static_cast<std::byte>(carry & 0xff);
        carry >>= 8;
    }
    require_cipher(EVP_EncryptInit_ex2(state_->context.get(), nullptr, nullptr,
                                       reinterpret_cast<const unsigned char*>(counter.data()), nullptr));
    secret<block_size> skipped;
    apply(skipped.span().first(static_cast<std::size_t>(offset) % block_size));
}

}  // namespace mtproto::crypto
