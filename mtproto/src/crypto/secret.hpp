// Secrets of a fixed size that wipe themselves, and comparison in constant time.
#pragma once

#include <mtproto/bytes.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace mtproto::crypto {

/// Overwrites memory in a way that the compiler does not remove.
void wipe(byte_span data) noexcept;

/// Whether two byte strings are equal; the time taken depends on the sizes only.
bool constant_time_equal(byte_view a, byte_view b) noexcept;

/// N secret bytes, zero at first, wiped at the end. Copies are secrets of their own.
template <std::size_t N>
class secret {
  public:
    secret() noexcept = default;
    explicit secret(std::span<const std::byte, N> from) noexcept {
        std::copy(from.begin(), from.end(), bytes_.begin());
    }
    secret(const secret&) noexcept = default;
    secret& operator=(const secret&) noexcept = default;
    ~secret() { wipe(bytes_); }

    std::byte* data() noexcept { return bytes_.data(); }
    const std::byte* data() const noexcept { return bytes_.data(); }
    static constexpr std::size_t size() noexcept { return N; }
    std::span<std::byte, N> span() noexcept { return bytes_; }
    std::span<const std::byte, N> span() const noexcept { return bytes_; }
    byte_view view() const noexcept { return bytes_; }
    operator byte_view() const noexcept { return bytes_; }

  private:
    std::array<std::byte, N> bytes_{};
};

}  // namespace mtproto::crypto
