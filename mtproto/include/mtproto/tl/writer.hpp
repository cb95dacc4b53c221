// Writes the primitives of TL into memory that was sized before (protocol 9.1, 9.3).
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/tl/encoded.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto::tl {

inline constexpr std::uint32_t vector_id = 0x1cb5c415;
inline constexpr std::uint32_t true_id = 0x997275b5;
inline constexpr std::uint32_t false_id = 0xbc799737;

/// Writes into a span and never outside it. What does not fit is only counted, so a writer over nothing tells
/// the size of a value: size first, then write once.
class writer {
  public:
    writer() noexcept = default;
    explicit writer(byte_span out) noexcept : next_(out.data()), left_(out.size()) {}

    void u32(std::uint32_t value);
    void i32(std::int32_t value) { u32(static_cast<std::uint32_t>(value)); }
    void i64(std::int64_t value);
    void f64(double value);
    void boolean(bool value) { u32(value ? true_id : false_id); }
    void fixed(byte_view value);
    void string(std::string_view value) { string(as_bytes(value)); }
    void string(byte_view value);
    /// Bytes that are TL already, as they are.
    void raw(byte_view value);

    /// The head of a `Vector`.
    void vector(std::size_t count);
    /// The count of a bare `vector`.
    void count(std::size_t count);
    void items(const std::vector<std::int32_t>& values);
    void items(const std::vector<std::int64_t>& values);
    void items(const std::vector<double>& values);
    void items(const std::vector<bool>& values);
    void items(const std::vector<std::string>& values);
    void items(const std::vector<mtproto::bytes>& values);

    /// Notes that a value could not be written: an empty sum, a string or vector beyond what TL can say.
    void fail() noexcept { failed_ = true; }

    /// The bytes written, and those that did not fit.
    std::size_t size() const noexcept { return size_; }
    bool failed() const noexcept { return failed_; }

  private:
    std::byte* room(std::size_t size) noexcept;

    std::byte* next_ = nullptr;
    std::size_t left_ = 0;
    std::size_t size_ = 0;
    bool failed_ = false;
};

}  // namespace mtproto::tl
