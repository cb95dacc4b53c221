// Putting packets into a stream (protocol 1.1 to 1.4).
#include "base/endian.hpp"
#include "wire/crc32.hpp"
#include "wire/framing.hpp"
#include "wire/framing_layout.hpp"

#include <cassert>

namespace mtproto::wire {

frame_writer::frame_writer(role self, framing kind, random_source& random, bool send_tag)
    : self_(self),
      kind_(kind),
      random_(&random),
      tag_due_(send_tag && self == role::client),
      most_padding_(send_tag || self == role::server ? most_plain_padding : most_frame_padding) {}

frame frame_writer::wrap(byte_view payload, bool quick_ack) {
    assert(payload.size() >= 4 && payload.size() % 4 == 0 && payload.size() < (std::size_t{1} << 26));
    frame made;
    std::byte* const head = made.header_.data();
    std::size_t at = 0;
    const auto put = [&](std::uint32_t number) {
        store_le(head + at, number);
        at += 4;
    };
    const bool tag = std::exchange(tag_due_, false);
    // Only a client asks; on what a server sends the same bit would make the length a token.
    const bool ask = quick_ack && self_ == role::client;
    auto size = static_cast<std::uint32_t>(payload.size());
    switch (kind_) {
        case framing::abridged: {
            if (tag) head[at++] = abridged_tag;
            const std::uint32_t words = size / 4;
            const std::uint32_t mark = ask ? abridged_ack_bit : 0;
            if (words < abridged_long_form)
                head[at++] = static_cast<std::byte>(words | mark);
            else
                put(words << 8 | abridged_long_form | mark);
            break;
        }
        case framing::padded_intermediate:
            if (tag) put(padded_tag);
            made.trailer_size_ = static_cast<std::uint8_t>(random_->next_u32() & most_padding_);
            random_->fill(made.trailer());
            size += made.trailer_size_;
            put(size | (ask ? ack_bit : 0));
            break;
        case framing::intermediate:
            if (tag) put(intermediate_tag);
            put(size | (ask ? ack_bit : 0));
            break;
        case framing::full: {
            put(size + static_cast<std::uint32_t>(full_overhead));
            put(sequence_++);
            const std::uint32_t crc = crc32(crc32(0, byte_view(made.header_).first(at)), payload);
            store_le(made.trailer_.data(), crc);
            made.trailer_size_ = full_crc_size;
            break;
        }
    }
    made.header_size_ = static_cast<std::uint8_t>(at);
    return made;
}

frame frame_writer::quick_ack(std::uint32_t token) const {
    frame made;
    if (kind_ == framing::full) return made;
    if (kind_ == framing::abridged)
        store_be(made.header_.data(), token);
    else
        store_le(made.header_.data(), token);
    made.header_size_ = 4;
    return made;
}

}  // namespace mtproto::wire
