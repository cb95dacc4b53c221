// The reader: one function a primitive, and the limits.
#include "base/endian.hpp"
#include "tl/short_string.hpp"

#include <mtproto/tl/reader.hpp>

#include <algorithm>
#include <bit>

namespace mtproto::tl {

void reader::fail(errc code) noexcept {
    if (failed_) return;
    failed_ = true;
    error_ = code;
}

const std::byte* reader::take(std::size_t size) noexcept {
    if (size > left() || failed_) {
        fail(errc::truncated);
        return nullptr;
    }
    const std::byte* const at = data_.data() + position_;
    position_ += size;
    return at;
}

std::uint32_t reader::u32() {
    const std::byte* const at = take(sizeof(std::uint32_t));
    return at ? load_le<std::uint32_t>(at) : 0;
}

std::int64_t reader::i64() {
    const std::byte* const at = take(sizeof(std::int64_t));
    return at ? load_le<std::int64_t>(at) : 0;
}

double reader::f64() {
    return std::bit_cast<double>(i64());
}

bool reader::boolean() {
    const std::uint32_t id = u32();
    if (id != true_id && id != false_id) fail(errc::malformed);
    return id == true_id;
}

int128 reader::i128() {
    int128 value{};
    if (const std::byte* const at = take(value.size())) std::memcpy(value.data(), at, value.size());
    return value;
}

int256 reader::i256() {
    int256 value{};
    if (const std::byte* const at = take(value.size())) std::memcpy(value.data(), at, value.size());
    return value;
}

reader::extent reader::string_extent() {
    const std::size_t start = position_;
    const std::byte* const first = take(1);
    if (!first) return {};
    std::size_t head = 1;
    std::size_t size = std::to_integer<std::size_t>(*first);
    if (size >= short_string) {
        const std::byte* const rest = size == short_string ? take(3) : nullptr;
        if (!rest) {
            fail(errc::malformed);  // 255 begins nothing; a short packet has failed already
            return {};
        }
        head = 4;
        size = std::to_integer<std::size_t>(rest[0]) | std::to_integer<std::size_t>(rest[1]) << 8 |
               std::to_integer<std::size_t>(rest[2]) << 16;
        if (size < short_string) {
            fail(errc::malformed);  // it fits the short form, which is then the only one
            return {};
        }
    }
    const std::size_t padding = (4 - (head + size) % 4) % 4;
    if (!take(size + padding)) return {};
    return {start + head, size};
}

std::string reader::string() {
    const extent found = string_extent();
    return std::string(as_text({data_.data() + found.offset, found.size}));
}

mtproto::bytes reader::bytes() {
    const extent found = string_extent();
    if (found.size == 0) return {};
    return data_.slice(found.offset, found.size);
}

mtproto::bytes reader::rest() {
    if (failed_) return {};
    const std::size_t from = std::exchange(position_, data_.size());
    return data_.slice(from);
}

std::uint32_t reader::peek() const noexcept {
    return left() >= sizeof(std::uint32_t) ? load_le<std::uint32_t>(data_.data() + position_) : 0;
}

std::size_t reader::vector(std::size_t smallest, std::size_t each) {
    if (u32() != vector_id) {
        fail(errc::malformed);
        return 0;
    }
    return count(smallest, each);
}

std::size_t reader::count(std::size_t smallest, std::size_t each) {
    const std::int32_t written = i32();
    if (failed_) return 0;
    if (written < 0) {
        fail(errc::malformed);
        return 0;
    }
    const auto items = static_cast<std::size_t>(written);
    if (items > left() / std::max<std::size_t>(smallest, 1)) {
        fail(errc::truncated);
        return 0;
    }
    if (items > allowance_ / std::max<std::size_t>(each, 1)) {
        fail(errc::too_large);
        return 0;
    }
    allowance_ -= items * each;
    return items;
}

void reader::items(std::size_t count, std::vector<std::int32_t>& values) {
    const std::byte* const at = take(count * sizeof(std::int32_t));
    values.resize(at ? count : 0);
    if (at && count > 0) std::memcpy(values.data(), at, count * sizeof(std::int32_t));
}

void reader::items(std::size_t count, std::vector<std::int64_t>& values) {
    const std::byte* const at = take(count * sizeof(std::int64_t));
    values.resize(at ? count : 0);
    if (at && count > 0) std::memcpy(values.data(), at, count * sizeof(std::int64_t));
}

void reader::items(std::size_t count, std::vector<double>& values) {
    const std::byte* const at = take(count * sizeof(double));
    values.resize(at ? count : 0);
    if (at && count > 0) std::memcpy(values.data(), at, count * sizeof(double));
}

void reader::items(std::size_t count, std::vector<bool>& values) {
    values.resize(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = boolean();
}

void reader::items(std::size_t count, std::vector<std::string>& values) {
    values.resize(count);
    for (std::string& each : values)
        each = string();
}

void reader::items(std::size_t count, std::vector<mtproto::bytes>& values) {
    values.resize(count);
    for (mtproto::bytes& each : values)
        each = bytes();
}

bool reader::enter() {
    if (failed_) return false;
    if (depth_ == deepest) {
        fail(errc::too_large);
        return false;
    }
    ++depth_;
    return true;
}

bool reader::enter(std::uint32_t id) {
    const std::uint32_t found = u32();
    if (failed_) return false;
    if (found != id) {
        fail(errc::malformed);
        return false;
    }
    return enter();
}

}  // namespace mtproto::tl
