// upload.*: parts of files and their hashes (protocol 8.1, 8.4).
#include "localdc/decoded.hpp"

#include <mtproto/tl_api.hpp>

#include <algorithm>
#include <array>

namespace mtproto::localdc {
namespace {

constexpr std::int64_t block = 1 << 20;          // a part never leaves its block of 1 MiB
constexpr std::int64_t usual_step = 4096;        // what offsets and limits are multiples of
constexpr std::int64_t precise_step = 1024;      // the same with `precise`
constexpr std::int64_t hash_window = 128 << 10;  // bytes a hash covers
constexpr int hashes_a_call = 8;
constexpr std::int32_t file_mtime = 1'700'000'000;
constexpr std::int32_t fault_bytes = 1024;

const served_file& located(call& now, const tl::InputFileLocation& location) {
    const auto* wanted = location.as<tl::inputDocumentFileLocation>();
    if (!wanted) throw refusal{400, "LOCATION_INVALID"};
    const served_file* file = now.world.files.document(wanted->id);
    if (!file || wanted->access_hash != now.world.access_hash(now.login.user, file->document_id))
        throw refusal{400, "FILE_ID_INVALID"};
    if (!wanted->thumb_size.empty()) throw refusal{400, "LOCATION_INVALID"};
    if (file->dc != now.dc.id) throw refusal{303, "FILE_MIGRATE_" + std::to_string(file->dc)};
    if (wanted->file_reference.empty()) throw refusal{400, "FILE_REFERENCE_EMPTY"};
    if (wanted->file_reference != now.world.file_reference(file->document_id))
        throw refusal{400, "FILE_REFERENCE_EXPIRED"};
    // Its size and hash were told: other contents are none of it.
    if (!now.world.files.unchanged(*file)) throw refusal{500, "INTERNAL"};
    return *file;
}

void check_alignment(std::int64_t offset, std::int64_t limit, bool precise) {
    const std::int64_t step = precise ? precise_step : usual_step;
    if (offset < 0 || offset % step != 0) throw refusal{400, "OFFSET_INVALID"};
    if (limit <= 0 || limit % step != 0 || limit > block) throw refusal{400, "LIMIT_INVALID"};
    if (!precise && block % limit != 0) throw refusal{400, "LIMIT_INVALID"};
    if (offset % block + limit > block) throw refusal{400, "LIMIT_INVALID"};
}

// What faults do to a part's size.
void misfit(const traffic::fault& fault, file_part& part) {
    const auto by = static_cast<std::int32_t>(fault.value > 0 ? std::min(fault.value, block) : fault_bytes);
    if (fault.kind == traffic::fault_kind::short_part) part.size = std::max(part.size - by, 0);
    if (fault.kind == traffic::fault_kind::long_part) part.size += by;
}

reply get_file(call& now, tl::upload::getFile& query) {
    const served_file& file = located(now, query.location);
    check_alignment(query.offset, query.limit, query.precise);
    file_part part;
    part.file = &file;
    part.offset = query.offset;
    // At the end and past it there is nothing: readers that do not know the size find it so.
    part.available = std::clamp<std::int64_t>(file.size - query.offset, 0, query.limit);
    part.size = static_cast<std::int32_t>(part.available);
    part.mtime = file_mtime;
    if (now.fault) misfit(*now.fault, part);
    return {{}, part};
}

reply get_file_hashes(call& now, tl::upload::getFileHashes& query) {
    const served_file& file = located(now, query.location);
    if (query.offset < 0) throw refusal{400, "OFFSET_INVALID"};
    std::vector<tl::fileHash> answer;
    std::vector<std::byte> window(hash_window);
    // The window that holds the offset; at the end and past it there is none.
    std::int64_t offset = query.offset < file.size ? query.offset / hash_window * hash_window : file.size;
    for (int i = 0; i < hashes_a_call && offset < file.size; ++i, offset += hash_window) {
        const std::int64_t size = std::min(hash_window, file.size - offset);
        const byte_span data = byte_span(window).first(static_cast<std::size_t>(size));
        if (!now.world.files.read(file, offset, data)) throw refusal{500, "INTERNAL"};
        crypto::sha256_digest digest = crypto::sha256(data);
        if (now.fault && now.fault->kind == traffic::fault_kind::wrong_hash) digest[0] ^= std::byte{1};
        tl::fileHash made;
        made.offset = offset;
        made.limit = static_cast<std::int32_t>(size);
        made.hash = bytes::copy(digest);
        answer.push_back(std::move(made));
    }
    return {tl::encode(answer), {}};
}

}  // namespace

std::span<const method> upload_methods() {
    static constexpr std::array all{
        entry<tl::upload::getFile, get_file>(needs::login),
        entry<tl::upload::getFileHashes, get_file_hashes>(needs::login),
    };
    return all;
}

}  // namespace mtproto::localdc
