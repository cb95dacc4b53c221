// Plain envelopes: 0:int64 | msg_id | length | body (protocol 2.1).
#include "base/endian.hpp"
#include "wire/envelope.hpp"
#include "wire/envelope_layout.hpp"

#include <algorithm>

namespace mtproto::wire {

packet write_plain(std::int64_t msg_id, byte_view body) {
    packet made{buffer::allocate(plain_head_size + body.size()), 0, plain_head_size + body.size(), false};
    std::byte* head = made.storage.data();
    store_le(head, std::int64_t{0});
    store_le(head + plain_msg_id_at, msg_id);
    store_le(head + plain_length_at, static_cast<std::int32_t>(body.size()));
    std::copy(body.begin(), body.end(), head + plain_head_size);
    return made;
}

result<plain_message> read_plain(const packet& from) {
    if (from.size < plain_head_size) return errc::truncated;
    const std::byte* head = from.view().data();
    if (load_le<std::int64_t>(head) != 0) return errc::malformed;
    const auto length = load_le<std::uint32_t>(head + plain_length_at);
    if (length > from.size - plain_head_size) return errc::truncated;
    return plain_message{load_le<std::int64_t>(head + plain_msg_id_at),
                         from.slice().slice(plain_head_size, length)};
}

}  // namespace mtproto::wire
