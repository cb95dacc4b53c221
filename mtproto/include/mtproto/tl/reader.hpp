// Reads the primitives of TL out of a received packet (protocol 9.1, 9.3).
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>
#include <mtproto/tl/writer.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mtproto::tl {

/// Reads a slice and never outside it. The first error sticks: from then on everything reads as zero or
/// empty, so that a decoder asks once, at the end. `bytes` values share the slice's block.
class reader {
  public:
    /// Objects may nest this deeply; Telegram's own stay below 20.
    static constexpr int deepest = 64;
    /// A vector may take this many bytes of memory for each byte of the packet, over all vectors together.
    /// The widest real structures take some 20.
    static constexpr std::size_t expansion = 64;

    explicit reader(mtproto::bytes data) noexcept
        : data_(std::move(data)), allowance_(data_.size() * expansion + minimal_allowance) {}

    std::uint32_t u32();
    std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
    std::int64_t i64();
    double f64();
    bool boolean();
    int128 i128();
    int256 i256();
    std::string string();
    mtproto::bytes bytes();
    /// All that is left.
    mtproto::bytes rest();
    /// The next word, left unread; 0 at the end.
    std::uint32_t peek() const noexcept;

    /// The head of a `Vector`: how many elements follow. Fails unless the bytes left can hold that many of
    /// `smallest` bytes each, and memory for `each` bytes apiece is within the allowance.
    std::size_t vector(std::size_t smallest, std::size_t each);
    /// The same for a bare `vector`.
    std::size_t count(std::size_t smallest, std::size_t each);
    void items(std::size_t count, std::vector<std::int32_t>& values);
    void items(std::size_t count, std::vector<std::int64_t>& values);
    void items(std::size_t count, std::vector<double>& values);
    void items(std::size_t count, std::vector<bool>& values);
    void items(std::size_t count, std::vector<std::string>& values);
    void items(std::size_t count, std::vector<mtproto::bytes>& values);

    /// Goes one object deeper. False, with the error set, when that is too deep.
    bool enter();
    /// The same for an object that must have this id.
    bool enter(std::uint32_t id);
    void leave() noexcept { --depth_; }

    void fail(errc code) noexcept;
    bool ok() const noexcept { return !failed_; }
    /// The first error. Meaningful unless ok().
    errc error() const noexcept { return error_; }
    /// The bytes read so far.
    std::size_t position() const noexcept { return position_; }
    /// The bytes not yet read; 0 after an error.
    std::size_t left() const noexcept { return failed_ ? 0 : data_.size() - position_; }

  private:
    static constexpr std::size_t minimal_allowance = 4096;

    const std::byte* take(std::size_t size) noexcept;
    /// The place of a string's bytes inside the slice.
    struct extent {
        std::size_t offset = 0;
        std::size_t size = 0;
    };
    extent string_extent();

    mtproto::bytes data_;
    std::size_t position_ = 0;
    std::size_t allowance_;
    int depth_ = 0;
    bool failed_ = false;
    errc error_{};
};

}  // namespace mtproto::tl
