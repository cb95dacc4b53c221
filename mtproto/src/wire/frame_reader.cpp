// Taking packets out of a stream (protocol 1.1 to 1.4).
#include "base/endian.hpp"
#include "wire/crc32.hpp"
#include "wire/envelope_layout.hpp"
#include "wire/framing.hpp"
#include "wire/framing_layout.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mtproto::wire {
namespace {

constexpr std::size_t scratch_size = 4096;
// With less room than this a new scratch block is taken: reads of a few bytes cost more than the block.
constexpr std::size_t least_room = 512;
constexpr std::size_t least_payload = 4;  // a transport error

}  // namespace

std::optional<detected_transport> detect_transport(byte_view first) noexcept {
    if (!first.empty() && first[0] == abridged_tag) return detected_transport{framing::abridged, 1};
    if (first.size() < 4) return std::nullopt;
    const auto tag = load_le<std::uint32_t>(first.data());
    if (tag == intermediate_tag) return detected_transport{framing::intermediate, 4};
    if (tag == padded_tag) return detected_transport{framing::padded_intermediate, 4};
    if (first.size() < 8) return std::nullopt;
    // The full framing begins with sequence number 0, where an obfuscated stream never has it (protocol 1.7).
    if (load_le<std::uint32_t>(first.data() + 4) == 0) return detected_transport{framing::full, 0};
    return detected_transport{};
}

frame_reader::frame_reader(role self, std::optional<framing> kind, buffer_pool& pool, std::size_t max_packet)
    : self_(self), kind_(kind), pool_(&pool), max_packet_(max_packet) {}

void frame_reader::limit_strangers(std::size_t bytes, std::function<bool(std::int64_t)> knows) {
    most_of_strangers_ = bytes;
    knows_ = std::move(knows);
}

std::size_t frame_reader::missing() const noexcept {
    return large_.storage ? large_.frame.payload + large_.frame.trailer - large_.filled : 1;
}

byte_span frame_reader::prepare() {
    if (large_.storage) return large_.storage.span().subspan(payload_alignment + large_.filled, missing());
    scratch_.make_room(*pool_);
    return scratch_.storage.span().subspan(scratch_.end);
}

void frame_reader::shared_block::make_room(buffer_pool& pool) {
    if (begin == end && !delivered) begin = end = 0;
    if (storage.capacity() - end >= least_room) return;
    buffer fresh = pool.take(scratch_size);
    std::copy_n(storage.data() + begin, end - begin, fresh.data());
    storage = std::move(fresh);
    delivered = false;
    end -= begin;
    begin = 0;
}

result<void> frame_reader::commit(std::size_t n) {
    if (failed_) return *failed_;
    if (!large_.storage) {
        scratch_.end += n;
        return parse();
    }
    large_.filled += n;
    if (missing() > 0) return {};
    const buffer whole = std::move(large_.storage);
    return deliver(whole, payload_alignment, large_.frame);
}

result<void> frame_reader::feed(byte_view data) {
    while (!data.empty()) {
        const byte_span room = prepare();
        const std::size_t step = std::min(room.size(), data.size());
        std::copy_n(data.begin(), step, room.begin());
        if (auto done = commit(step); !done) return done;
        data = data.subspan(step);
    }
    return {};
}

std::optional<packet> frame_reader::next() {
    if (ready_.empty()) return std::nullopt;
    packet first = std::move(ready_.front());
    ready_.pop_front();
    return first;
}

std::optional<frame_reader::partial_packet> frame_reader::partial() const {
    if (!large_.storage || large_.filled < sealed_head_size || *kind_ == framing::full) return std::nullopt;
    packet whole = packet_at(large_.storage, payload_alignment, large_.frame);
    const std::size_t received = std::min(large_.filled, whole.size);
    return partial_packet{std::move(whole), received};
}

result<void> frame_reader::parse() {
    if (!kind_) {
        const auto found = detect_transport(scratch_.unparsed());
        if (!found) return {};
        if (!found->kind) return fail(errc::bad_frame);
        kind_ = found->kind;
        scratch_.begin += found->tag_size;
    }
    while (scratch_.begin < scratch_.end) {
        const byte_view data = scratch_.unparsed();
        const auto read = read_head(data);
        if (!read) return fail(static_cast<errc>(read.error().value()));
        if (!*read) return {};
        const head& frame = **read;
        const std::size_t whole = frame.size + frame.payload + frame.trailer;
        if (data.size() < whole) {
            if (scratch_.begin + whole <= scratch_.storage.capacity()) return {};
            const std::optional<bool> may = may_begin(frame, data.subspan(frame.size));
            if (may && !*may) return fail(errc::too_large);
            if (may) begin_large(frame);
            return {};
        }
        const std::size_t payload_at = scratch_.begin + frame.size;
        scratch_.begin += whole;
        scratch_.delivered = true;
        if (auto done = deliver(scratch_.storage, payload_at, frame); !done) return done;
    }
    return {};
}

// Nothing when the head is not whole yet.
result<std::optional<frame_reader::head>> frame_reader::read_head(byte_view data) const {
    const std::optional<head> incomplete;
    head found;
    found.size = 4;
    switch (*kind_) {
        case framing::abridged: {
            const auto first = std::to_integer<std::uint32_t>(data[0]);
            const std::uint32_t words = first & ~abridged_ack_bit;
            const bool marked = (first & abridged_ack_bit) != 0;
            const bool is_token = marked && self_ == role::client;
            if (is_token || words == abridged_long_form) {
                if (data.size() < 4) return incomplete;
                if (is_token) found.token = load_be<std::uint32_t>(data.data());
                found.payload = std::size_t{load_le<std::uint32_t>(data.data()) >> 8} * 4;
            } else {
                found.size = 1;
                found.payload = std::size_t{words} * 4;
            }
            found.quick_ack = marked;
            break;
        }
        case framing::intermediate:
        case framing::padded_intermediate: {
            if (data.size() < 4) return incomplete;
            const auto length = load_le<std::uint32_t>(data.data());
            found.quick_ack = (length & ack_bit) != 0;
            if (found.quick_ack && self_ == role::client) found.token = length;
            found.payload = length & ~ack_bit;
            break;
        }
        case framing::full: {
            if (data.size() < full_head_size) return incomplete;
            const auto length = load_le<std::uint32_t>(data.data());
            const auto sequence = load_le<std::uint32_t>(data.data() + 4);
            found.size = full_head_size;
            if (self_ == role::client && (length & ack_bit) != 0 && length == sequence) {
                // Telegram sends -429 like this: as length, as sequence number and as a body without CRC
                // (seen by Telethon's authors).
                found.payload = least_payload;
                found.bare_error = true;
                return std::optional(found);
            }
            if (length < full_overhead || sequence != sequence_) return errc::bad_frame;
            found.payload = length - full_overhead;
            found.trailer = full_crc_size;
            found.crc = crc32(0, data.first(full_head_size));
            break;
        }
    }
    if (found.token) {
        found.payload = 0;
        return std::optional(found);
    }
    if (found.payload < least_payload) return errc::bad_frame;
    const std::size_t padding = *kind_ == framing::padded_intermediate ? most_frame_padding : 0;
    if (found.payload > max_packet_ + padding) return errc::too_large;
    return std::optional(found);
}

// Nothing until the id of the packet's key is there.
std::optional<bool> frame_reader::may_begin(const head& frame, byte_view payload) const {
    if (!knows_ || frame.payload <= most_of_strangers_) return true;
    if (payload.size() < sizeof(std::int64_t)) return std::nullopt;
    return knows_(load_le<std::int64_t>(payload.data()));
}

void frame_reader::begin_large(const head& frame) {
    const byte_view here = scratch_.unparsed().subspan(frame.size);
    large_.storage = pool_->take(payload_alignment + frame.payload + frame.trailer);
    large_.frame = frame;
    large_.filled = here.size();
    std::copy(here.begin(), here.end(), large_.storage.data() + payload_alignment);
    scratch_.begin = scratch_.end;
}

result<void> frame_reader::deliver(const buffer& storage, std::size_t offset, const head& frame) {
    if (frame.token) {
        std::array<std::byte, 4> token;
        store_le(token.data(), *frame.token);
        packet made = packet::copy(token);
        made.quick_ack = true;
        ready_.push_back(std::move(made));
        return {};
    }
    packet made = packet_at(storage, offset, frame);
    if (*kind_ == framing::full && !frame.bare_error) {
        const auto crc = load_le<std::uint32_t>(storage.data() + offset + frame.payload);
        if (crc32(frame.crc, made.view()) != crc) return fail(errc::bad_frame);
        ++sequence_;
    }
    ready_.push_back(std::move(made));
    return {};
}

packet frame_reader::packet_at(const buffer& storage, std::size_t offset, const head& frame) const {
    packet made{storage, offset, frame.payload, frame.quick_ack};
    // Protocol 1.3. A plain envelope carries its length, and so keeps its padding.
    if (*kind_ == framing::padded_intermediate && made.size > sealed_head_size && key_id_of(made) != 0)
        made.size -= (made.size - sealed_head_size) % 16;
    return made;
}

result<void> frame_reader::fail(errc code) {
    failed_ = code;
    scratch_.begin = scratch_.end;
    large_.storage = {};
    return code;
}

}  // namespace mtproto::wire
