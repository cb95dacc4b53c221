// The writer: one function a primitive.
#include "base/endian.hpp"
#include "tl/short_string.hpp"

#include <mtproto/tl/writer.hpp>

#include <bit>
#include <limits>

namespace mtproto::tl {
namespace {

constexpr std::size_t longest_string = 1u << 24;

}  // namespace

std::byte* writer::room(std::size_t size) noexcept {
    size_ += size;
    if (size > left_) {
        left_ = 0;  // what comes next must not fill the gap
        return nullptr;
    }
    left_ -= size;
    std::byte* const at = next_;
    next_ += size;
    return at;
}

void writer::u32(std::uint32_t value) {
    if (std::byte* const at = room(sizeof value)) store_le(at, value);
}

void writer::i64(std::int64_t value) {
    if (std::byte* const at = room(sizeof value)) store_le(at, value);
}

void writer::f64(double value) {
    i64(std::bit_cast<std::int64_t>(value));
}

void writer::fixed(byte_view value) {
    raw(value);
}

void writer::raw(byte_view value) {
    if (value.empty()) return;
    if (std::byte* const at = room(value.size())) std::memcpy(at, value.data(), value.size());
}

void writer::string(byte_view value) {
    if (value.size() >= longest_string) {
        fail();
        return;
    }
    const std::size_t head = value.size() < short_string ? 1 : 4;
    const std::size_t padding = (4 - (head + value.size()) % 4) % 4;
    std::byte* at = room(head + value.size() + padding);
    if (!at) return;
    if (head == 1) {
        *at = static_cast<std::byte>(value.size());
    } else {
        store_le(at, static_cast<std::uint32_t>(value.size() << 8 | short_string));
    }
    at += head;
    if (!value.empty()) std::memcpy(at, value.data(), value.size());
    std::memset(at + value.size(), 0, padding);
}

void writer::vector(std::size_t items) {
    u32(vector_id);
    count(items);
}

void writer::count(std::size_t items) {
    if (items > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) fail();
    u32(static_cast<std::uint32_t>(items));
}

void writer::items(const std::vector<std::int32_t>& values) {
    raw(std::as_bytes(std::span(values)));
}
void writer::items(const std::vector<std::int64_t>& values) {
    raw(std::as_bytes(std::span(values)));
}
void writer::items(const std::vector<double>& values) {
    raw(std::as_bytes(std::span(values)));
}

void writer::items(const std::vector<bool>& values) {
    for (const bool each : values)
        boolean(each);
}

void writer::items(const std::vector<std::string>& values) {
    for (const std::string& each : values)
        string(each);
}

void writer::items(const std::vector<mtproto::bytes>& values) {
    for (const mtproto::bytes& each : values)
        string(each.view());
}

}  // namespace mtproto::tl
