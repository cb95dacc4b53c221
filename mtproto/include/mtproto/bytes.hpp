// Byte views and `bytes`, the shared slice that file data travels in.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace mtproto {

using byte_view = std::span<const std::byte>;
using byte_span = std::span<std::byte>;

/// The bytes of a text, without a terminator. The view lives as long as the text does.
inline byte_view as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// The bytes as text. The view lives as long as the bytes do.
inline std::string_view as_text(byte_view data) noexcept {
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

namespace detail {

/// The header in front of a shared block of memory. `release` gets it when the last reference is gone.
struct block {
    std::atomic<std::uint32_t> references{1};
    std::size_t capacity = 0;
    void (*release)(block*) noexcept = nullptr;
    void* context = nullptr;

    std::byte* data() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
};

}  // namespace detail

/// A reference to a block of writable memory, from the heap or from a pool.
/// Copies refer to the same block, which returns to where it came from with the last of them.
/// The reference count is atomic; the contents are not guarded.
class buffer {
  public:
    buffer() noexcept = default;
    /// A block of its own from the heap, contents undefined.
    static buffer allocate(std::size_t capacity);
    /// Takes over one reference that the caller holds.
    static buffer adopt(detail::block* block) noexcept {
        buffer made;
        made.block_ = block;
        return made;
    }

    buffer(const buffer& other) noexcept : block_(other.block_) {
        if (block_) block_->references.fetch_add(1, std::memory_order_relaxed);
    }
    buffer(buffer&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    buffer& operator=(buffer other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~buffer() {
        if (block_ && block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
            block_->release(block_);
    }

    explicit operator bool() const noexcept { return block_ != nullptr; }
    std::byte* data() const noexcept { return block_ ? block_->data() : nullptr; }
    std::size_t capacity() const noexcept { return block_ ? block_->capacity : 0; }
    byte_span span() const noexcept { return {data(), capacity()}; }

  private:
    detail::block* block_ = nullptr;
};

/// An immutable slice of a shared block: copying it copies no data and keeps the whole block alive.
class bytes {
  public:
    bytes() noexcept = default;
    bytes(const bytes&) noexcept = default;
    /// Leaves `other` empty.
    bytes(bytes&& other) noexcept
        : owner_(std::move(other.owner_)),
          data_(std::exchange(other.data_, nullptr)),
          size_(std::exchange(other.size_, 0)) {}
    bytes& operator=(const bytes&) noexcept = default;
    bytes& operator=(bytes&& other) noexcept {
        owner_ = std::move(other.owner_);
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }
    ~bytes() = default;
    /// The slice `[offset, offset + size)` of `owner`, which must hold it.
    bytes(buffer owner, std::size_t offset, std::size_t size) noexcept
        : owner_(std::move(owner)), data_(owner_.data() + offset), size_(size) {}
    /// A copy of `data` in a block of its own.
    static bytes copy(byte_view data);
    static bytes copy(std::string_view text) { return copy(as_bytes(text)); }
    /// A view of memory with static storage duration, which is not copied.
    static bytes from_static(byte_view data) noexcept {
        bytes made;
        made.data_ = data.data();
        made.size_ = data.size();
        return made;
    }

    const std::byte* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    const std::byte* begin() const noexcept { return data_; }
    const std::byte* end() const noexcept { return data_ + size_; }
    std::byte operator[](std::size_t index) const noexcept { return data_[index]; }
    byte_view view() const noexcept { return {data_, size_}; }
    operator byte_view() const noexcept { return view(); }
    std::string_view text() const noexcept { return as_text(view()); }

    /// A part of this slice that shares its block. `offset + size` must not exceed `size()`.
    bytes slice(std::size_t offset, std::size_t size) const noexcept {
        bytes part = *this;
        part.data_ += offset;
        part.size_ = size;
        return part;
    }
    bytes slice(std::size_t offset) const noexcept { return slice(offset, size_ - offset); }

    friend bool operator==(const bytes& a, const bytes& b) noexcept {
        return a.size_ == b.size_ && (a.size_ == 0 || std::memcmp(a.data_, b.data_, a.size_) == 0);
    }

  private:
    buffer owner_;
    const std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace mtproto
