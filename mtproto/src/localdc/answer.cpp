// The bytes of messages, file parts read right into them.
#include "localdc/answer.hpp"

#include "base/endian.hpp"
#include "crypto/aes_ctr.hpp"
#include "wire/container.hpp"

#include <mtproto/tl/writer.hpp>

#include <algorithm>

namespace mtproto::localdc {
namespace {

constexpr std::uint32_t upload_file_id = 0x096a18d5;
constexpr std::uint32_t upload_cdn_file_id = 0xa99fca4f;
constexpr std::uint32_t storage_file_partial_id = 0x40bc6f52;

// TL strings of 254 bytes and more have a head of 4 bytes, shorter ones of 1; both end on a multiple of 4.
constexpr std::size_t long_string = 254;

struct string_layout {
    std::size_t head = 0;
    std::size_t padded = 0;
};

string_layout layout_of(std::size_t size) {
    const std::size_t head = size < long_string ? 1 : 4;
    return {head, (head + size + 3) / 4 * 4};
}

// Before the bytes: upload.file's id, type and mtime, or upload.cdnFile's id.
std::size_t head_size(const file_part& part) {
    return wire::rpc_result_head_size + (part.cipher ? 4 : 12);
}

void write_head(const message& what, byte_span out) {
    wire::write_rpc_result_head(what.req_msg_id, out);
    tl::writer head(out.subspan(wire::rpc_result_head_size));
    if (what.part->cipher) return head.u32(upload_cdn_file_id);
    head.u32(upload_file_id);
    head.u32(storage_file_partial_id);
    head.i32(what.part->mtime);
}

void encrypt(const cipher_of_part& how, std::int64_t offset, byte_span data) {
    std::array<std::byte, 16> first = how.iv;
    std::fill(first.end() - 4, first.end(), std::byte{0});
    crypto::aes_ctr stream(how.key, first);
    stream.seek(offset);
    stream.apply(data);
}

bool write_part(const message& what, byte_span out, content_reader& files) {
    const file_part& part = *what.part;
    const auto size = static_cast<std::size_t>(part.size);
    write_head(what, out.first(head_size(part)));

    const string_layout layout = layout_of(size);
    const byte_span text = out.subspan(head_size(part), layout.padded);
    if (layout.head == 1) {
        text[0] = static_cast<std::byte>(size);
    } else {
        store_le(text.data(), static_cast<std::uint32_t>(size << 8 | 0xfe));
    }
    const byte_span data = text.subspan(layout.head, size);
    // A part that was made longer than its file is filled up with zeros.
    const std::int64_t there = std::clamp<std::int64_t>(part.available, 0, part.size);
    if (!files.read(*part.file, part.offset, data.first(static_cast<std::size_t>(there)))) return false;
    std::fill(data.begin() + there, data.end(), std::byte{0});
    if (part.cipher) encrypt(*part.cipher, part.offset, data);
    std::fill(text.begin() + static_cast<std::ptrdiff_t>(layout.head + size), text.end(), std::byte{0});
    if (what.fault && what.fault->kind == traffic::fault_kind::wrong_part_bytes && size > 0)
        data[size / 2] ^= std::byte{1};
    return true;
}

}  // namespace

message answer_for(std::int64_t req_msg_id) {
    message made;
    made.req_msg_id = req_msg_id;
    made.response = true;
    made.content = true;
    return made;
}

message answer_for(std::int64_t req_msg_id, byte_view result) {
    message made = answer_for(req_msg_id);
    made.body = wire::write_rpc_result(req_msg_id, result);
    return made;
}

std::size_t message::size() const {
    if (!part) return body.size();
    return head_size(*part) + layout_of(static_cast<std::size_t>(part->size)).padded;
}

bool write_body(const message& what, byte_span out, content_reader& files) {
    if (what.part) return write_part(what, out, files);
    std::copy(what.body.begin(), what.body.end(), out.begin());
    return true;
}

}  // namespace mtproto::localdc
