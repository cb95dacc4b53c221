// What a packet is, by its size and first number.
#include "wire/packet.hpp"

#include "base/endian.hpp"

#include <algorithm>
#include <array>

namespace mtproto::wire {
namespace {

// An envelope has 24 bytes when sealed and 20 when plain; padding stretches a transport error to 19
// (protocol 1.6).
constexpr std::size_t least_message = 20;
constexpr std::size_t number_size = 4;

constexpr std::int32_t nop_number = 0;
constexpr std::int32_t quick_ack_number = -1;

}  // namespace

packet packet::copy(byte_view payload) {
    packet made{buffer::allocate(payload.size()), 0, payload.size(), false};
    std::copy(payload.begin(), payload.end(), made.storage.data());
    return made;
}

packet_class classify(const packet& received) noexcept {
    packet_class found;
    if (received.quick_ack && received.size == number_size) {
        found.kind = packet_kind::quick_ack;
        found.token = load_le<std::uint32_t>(received.view().data());
        return found;
    }
    if (received.size >= least_message) {
        found.kind = packet_kind::message;
        return found;
    }
    if (received.size < number_size) return found;
    const auto number = load_le<std::int32_t>(received.view().data());
    if (number == nop_number) {
        found.kind = packet_kind::nop;
    } else if (number == quick_ack_number && received.size >= 2 * number_size) {
        found.kind = packet_kind::quick_ack;
        found.token = load_le<std::uint32_t>(received.view().data() + number_size);
    } else if (number < 0) {
        found.kind = packet_kind::transport_error;
        found.code = number;
    }
    return found;
}

packet transport_error(std::int32_t code) {
    std::array<std::byte, number_size> payload;
    store_le(payload.data(), code);
    return packet::copy(payload);
}

std::int64_t key_id_of(const packet& message) noexcept {
    return message.size < sizeof(std::int64_t) ? 0 : load_le<std::int64_t>(message.view().data());
}

}  // namespace mtproto::wire
