// Containers, results and packed objects, to and from bytes.
#include "wire/container.hpp"

#include "base/endian.hpp"
#include "tl/gzip.hpp"

#include <mtproto/tl/reader.hpp>
#include <mtproto/tl/writer.hpp>

#include <algorithm>

namespace mtproto::wire {
namespace {

constexpr std::size_t id_size = 4;

}  // namespace

std::uint32_t constructor_of(byte_view boxed) noexcept {
    return boxed.size() < id_size ? 0 : load_le<std::uint32_t>(boxed.data());
}

result<std::vector<contained>> read_container(const bytes& boxed) {
    if (boxed.size() < container_head_size || constructor_of(boxed) != msg_container_id)
        return errc::malformed;
    const auto count = load_le<std::uint32_t>(boxed.data() + id_size);
    if (count > max_received_messages) return errc::too_large;
    // Each message takes more than its head: a lie about the count is seen before anything is reserved.
    if (count > (boxed.size() - container_head_size) / contained_head_size) return errc::malformed;

    std::vector<contained> messages;
    messages.reserve(count);
    std::size_t offset = container_head_size;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (boxed.size() - offset < contained_head_size) return errc::malformed;
        const std::byte* head = boxed.data() + offset;
        offset += contained_head_size;
        const auto size = load_le<std::uint32_t>(head + 12);
        if (size < id_size || size % 4 != 0 || size > boxed.size() - offset) return errc::malformed;
        contained message{load_le<std::int64_t>(head), load_le<std::int32_t>(head + 8),
                          boxed.slice(offset, size)};
        if (constructor_of(message.body) == msg_container_id) return errc::malformed;
        messages.push_back(std::move(message));
        offset += size;
    }
    if (offset != boxed.size()) return errc::malformed;
    return messages;
}

std::size_t container_size(std::span<const contained> messages) noexcept {
    std::size_t size = container_head_size;
    for (const contained& message : messages)
        size += contained_head_size + message.body.size();
    return size;
}

void write_container(std::span<const contained> messages, byte_span out) noexcept {
    std::byte* to = out.data();
    store_le(to, msg_container_id);
    store_le(to + id_size, static_cast<std::uint32_t>(messages.size()));
    to += container_head_size;
    for (const contained& message : messages) {
        store_le(to, message.msg_id);
        store_le(to + 8, message.seqno);
        store_le(to + 12, static_cast<std::uint32_t>(message.body.size()));
        to = std::copy(message.body.begin(), message.body.end(), to + contained_head_size);
    }
}

bytes write_container(std::span<const contained> messages) {
    const std::size_t size = container_size(messages);
    buffer block = buffer::allocate(size);
    write_container(messages, block.span().first(size));
    return {std::move(block), 0, size};
}

result<rpc_answer> read_rpc_result(const bytes& boxed) {
    if (boxed.size() < rpc_result_head_size + id_size || constructor_of(boxed) != rpc_result_id)
        return errc::malformed;
    return rpc_answer{load_le<std::int64_t>(boxed.data() + id_size), boxed.slice(rpc_result_head_size)};
}

void write_rpc_result_head(std::int64_t req_msg_id, byte_span out) noexcept {
    store_le(out.data(), rpc_result_id);
    store_le(out.data() + id_size, req_msg_id);
}

bytes write_rpc_result(std::int64_t req_msg_id, byte_view body) {
    const std::size_t size = rpc_result_head_size + body.size();
    buffer block = buffer::allocate(size);
    write_rpc_result_head(req_msg_id, block.span());
    std::copy(body.begin(), body.end(), block.data() + rpc_result_head_size);
    return {std::move(block), 0, size};
}

result<bytes> unpack_gzip(const bytes& boxed, std::size_t limit) {
    inflation within{limit, limit};
    return unpack_gzip(boxed, within);
}

result<bytes> unpack_gzip(const bytes& boxed, inflation& within) {
    if (constructor_of(boxed) != gzip_packed_id) return boxed;
    if (within.left == 0) return errc::too_large;
    tl::reader in(boxed.slice(id_size));
    const bytes packed = in.bytes();
    if (!in.ok()) return in.error();
    std::size_t spent = 0;
    auto inflated = tl::gunzip(packed, std::min(within.each, within.left), spent);
    within.left -= std::min(within.left, spent);
    if (inflated && (inflated->size() < id_size || constructor_of(*inflated) == gzip_packed_id))
        return errc::malformed;
    return inflated;
}

std::optional<bytes> pack_gzip(byte_view boxed) {
    if (boxed.size() <= gzip_threshold) return std::nullopt;
    const bytes packed = tl::gzip(boxed);
    const auto write = [&](tl::writer& out) {
        out.u32(gzip_packed_id);
        out.string(packed.view());
    };
    tl::writer sizing;
    write(sizing);
    if (sizing.failed() || sizing.size() >= boxed.size()) return std::nullopt;
    buffer block = buffer::allocate(sizing.size());
    tl::writer out(block.span().first(sizing.size()));
    write(out);
    return bytes(std::move(block), 0, sizing.size());
}

}  // namespace mtproto::wire
