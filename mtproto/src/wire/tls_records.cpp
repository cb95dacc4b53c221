// Splitting into records and reading across them (protocol 1.11).
#include "wire/tls_records.hpp"

#include "wire/fake_tls_layout.hpp"

#include <algorithm>

namespace mtproto::wire {

std::span<const byte_view> tls_record_writer::wrap(std::span<const byte_view> parts) {
    heads_.clear();
    out_.clear();
    std::size_t rest = 0;
    for (const byte_view part : parts)
        rest += part.size();
    if (rest > 0 && std::exchange(change_due_, false)) out_.push_back(tls_change_cipher_record);
    std::size_t room = 0;  // in the record under way
    for (byte_view part : parts) {
        while (!part.empty()) {
            if (room == 0) {
                room = std::min(rest, most_in_record);
                auto& head = heads_.emplace_back(
                    std::array{tls_application, std::byte{3}, std::byte{3}, std::byte{0}, std::byte{0}});
                store_be(head.data() + 3, static_cast<std::uint16_t>(room));
                out_.push_back(head);
            }
            const std::size_t step = std::min(room, part.size());
            out_.push_back(part.first(step));
            part = part.subspan(step);
            room -= step;
            rest -= step;
        }
    }
    return out_;
}

std::size_t tls_record_reader::wants(std::size_t room) const noexcept {
    return std::min(room, left_ + (tls_head_size - head_size_));
}

result<std::size_t> tls_record_reader::take(byte_view got) noexcept {
    const std::size_t inside = std::min(left_, got.size());
    left_ -= inside;
    std::size_t data = inside;
    if (changing_ && inside > 0) {
        // One byte, which says nothing but 1.
        if (got[0] != std::byte{1}) return errc::bad_frame;
        changing_ = false;
        data = 0;
    }
    const byte_view head = got.subspan(inside);
    std::copy(head.begin(), head.end(), head_.begin() + static_cast<std::ptrdiff_t>(head_size_));
    head_size_ += head.size();
    if (head_size_ < tls_head_size) return data;
    head_size_ = 0;
    const std::size_t length = tls_record_length(head_.data());
    if (std::exchange(change_due_, false)) {
        if (!is_tls_record(head_.data(), tls_change_cipher) || length != 1) return errc::bad_frame;
        changing_ = true;
    } else if (!is_tls_record(head_.data(), tls_application) || length > tls_most_in_record) {
        return errc::bad_frame;
    }
    left_ = length;
    return data;
}

}  // namespace mtproto::wire
