// Alignment, faults of sizes, hashing on demand.
#include "localdc/parts.hpp"

#include "crypto/sha.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <algorithm>

namespace mtproto::localdc {
namespace {

constexpr std::int64_t block = 1 << 20;          // a part never leaves its block of 1 MiB
constexpr std::int64_t usual_step = 4096;        // what offsets and limits are multiples of
constexpr std::int64_t precise_step = 1024;      // the same with `precise`
constexpr std::int64_t hash_window = 128 << 10;  // bytes a hash covers
constexpr int hashes_a_call = 8;
constexpr std::int32_t fault_bytes = 1024;

// What faults do to a part's size.
void misfit(const traffic::fault& fault, file_part& part) {
    const auto by = static_cast<std::int32_t>(fault.value > 0 ? std::min(fault.value, block) : fault_bytes);
    if (fault.kind == traffic::fault_kind::short_part) part.size = std::max(part.size - by, 0);
    if (fault.kind == traffic::fault_kind::long_part) part.size += by;
}

}  // namespace

void check_alignment(std::int64_t offset, std::int64_t limit, bool precise) {
    const std::int64_t step = precise ? precise_step : usual_step;
    if (offset < 0 || offset % step != 0) throw refusal{400, "OFFSET_INVALID"};
    if (limit <= 0 || limit % step != 0 || limit > block) throw refusal{400, "LIMIT_INVALID"};
    if (!precise && block % limit != 0) throw refusal{400, "LIMIT_INVALID"};
    if (offset % block + limit > block) throw refusal{400, "LIMIT_INVALID"};
}

file_part part_at(const call& now, const served_file& file, std::int64_t offset, std::int32_t limit) {
    file_part part;
    part.file = &file;
    part.offset = offset;
    part.available = std::clamp<std::int64_t>(file.size - offset, 0, limit);
    part.size = static_cast<std::int32_t>(part.available);
    if (now.fault) misfit(*now.fault, part);
    return part;
}

std::vector<tl::fileHash> hashes_at(call& now, const served_file& file, std::int64_t from) {
    if (from < 0) throw refusal{400, "OFFSET_INVALID"};
    std::vector<tl::fileHash> answer;
    std::vector<std::byte> window(hash_window);
    std::int64_t offset = from < file.size ? from / hash_window * hash_window : file.size;
    for (int i = 0; i < hashes_a_call && offset < file.size; ++i, offset += hash_window) {
        const std::int64_t size = std::min(hash_window, file.size - offset);
        const byte_span data = byte_span(window).first(static_cast<std::size_t>(size));
        if (!now.cluster.files.read(file, offset, data)) throw refusal{500, "INTERNAL"};
        crypto::sha256_digest digest = crypto::sha256(data);
        if (now.fault && now.fault->kind == traffic::fault_kind::wrong_hash) digest[0] ^= std::byte{1};
        tl::fileHash made;
        made.offset = offset;
        made.limit = static_cast<std::int32_t>(size);
        made.hash = bytes::copy(digest);
        answer.push_back(std::move(made));
    }
    return answer;
}

reply redirect(call& now, const served_file& file, std::int64_t offset) {
    const cdn& there = *now.cluster.dcs.cdn;
    const cipher_of_part cipher = there.cipher(file);
    tl::upload::fileCdnRedirect answer;
    answer.dc_id = cdn_number;
    answer.file_token = there.file_token(file);
    answer.encryption_key = bytes::copy(cipher.key);
    answer.encryption_iv = bytes::copy(cipher.iv);
    answer.file_hashes = hashes_at(now, file, offset);
    return {tl::encode(answer), {}};
}

}  // namespace mtproto::localdc
