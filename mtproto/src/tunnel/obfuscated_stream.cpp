// The ciphers go along with the bytes; what is written is encrypted into a buffer of bounded size.
#include "tunnel/obfuscated_stream.hpp"

#include <algorithm>
#include <array>

namespace mtproto::tunnel {
namespace {

/// Encrypted before it is written: enough for a write to be worth its system call, and for the cache.
constexpr std::size_t most_sealed = std::size_t{128} * 1024;

}  // namespace

obfuscated_stream::obfuscated_stream(std::unique_ptr<io::stream> below, wire::obfuscation_offer offer)
    : below_(std::move(below)),
      ciphers_(std::move(offer.ciphers)),
      sealed_(offer.header.begin(), offer.header.end()),
      sealed_size_(sealed_.size()) {}

obfuscated_stream::obfuscated_stream(std::unique_ptr<io::stream> below, wire::obfuscation ciphers)
    : below_(std::move(below)), ciphers_(std::move(ciphers)) {}

io::awaitable<result<std::size_t>> obfuscated_stream::read_some(byte_span into) {
    const result<std::size_t> count = co_await below_->read_some(into);
    if (count) ciphers_.receive.apply(into.first(*count));
    co_return count;
}

io::awaitable<result<void>> obfuscated_stream::write(std::span<const byte_view> parts) {
    std::size_t left = sealed_size_;
    for (const byte_view part : parts)
        left += part.size();
    if (left == sealed_size_) co_return result<void>{};
    const std::size_t needed = std::min(left, most_sealed);
    if (sealed_.size() < needed) sealed_.resize(needed);
    for (byte_view part : parts) {
        while (!part.empty()) {
            if (sealed_size_ == needed) {
                if (const result<void> written = co_await flush(); !written) co_return written;
            }
            const std::size_t step = std::min(part.size(), needed - sealed_size_);
            ciphers_.send.apply(part.first(step), byte_span(sealed_).subspan(sealed_size_, step));
            sealed_size_ += step;
            part = part.subspan(step);
        }
    }
    co_return co_await flush();
}

io::awaitable<result<void>> obfuscated_stream::flush() {
    const std::array<byte_view, 1> out{byte_view(sealed_).first(sealed_size_)};
    sealed_size_ = 0;
    co_return co_await below_->write(out);
}

}  // namespace mtproto::tunnel
