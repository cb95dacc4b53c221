// The CDN's one method, and those of the cloud that stand behind it (protocol 8.3, 8.4).
#include "localdc/decoded.hpp"
#include "localdc/parts.hpp"

#include <mtproto/tl_api.hpp>

#include <array>

namespace mtproto::localdc {
namespace {

const served_file& opened(call& now, const bytes& token) {
    const served_file* file =
        now.cluster.dcs.cdn ? now.cluster.dcs.cdn->opened_by(token, now.cluster.files) : nullptr;
    if (!file) throw refusal{400, "FILE_TOKEN_INVALID"};
    if (!now.cluster.files.unchanged(*file)) throw refusal{500, "INTERNAL"};
    return *file;
}

/// The cloud answers for a file where it is stored.
const served_file& at_origin(call& now, const bytes& token) {
    const served_file& file = opened(now, token);
    if (file.dc != now.dc.id) throw refusal{400, "FILE_TOKEN_INVALID"};
    return file;
}

reply get_cdn_file(call& now, tl::upload::getCdnFile& query) {
    const served_file& file = opened(now, query.file_token);
    check_alignment(query.offset, query.limit, false);
    const cdn& here = *now.cluster.dcs.cdn;
    if (!here.holds(file)) {
        tl::upload::cdnFileReuploadNeeded answer;
        answer.request_token = here.request_token(file, query.offset);
        return {tl::encode(answer), {}};
    }
    file_part part = part_at(now, file, query.offset, query.limit);
    part.cipher = here.cipher(file);
    return {{}, part};
}

reply reupload_cdn_file(call& now, tl::upload::reuploadCdnFile& query) {
    const served_file& file = at_origin(now, query.file_token);
    const std::optional<std::int64_t> offset = now.cluster.dcs.cdn->requested_by(query.request_token, file);
    if (!offset) throw refusal{400, "REQUEST_TOKEN_INVALID"};
    now.cluster.dcs.cdn->give(file);
    return {tl::encode(hashes_at(now, file, *offset)), {}};
}

reply get_cdn_file_hashes(call& now, tl::upload::getCdnFileHashes& query) {
    return {tl::encode(hashes_at(now, at_origin(now, query.file_token), query.offset)), {}};
}

}  // namespace

std::span<const method> cdn_methods() {
    static constexpr std::array all{
        entry<tl::upload::getCdnFile, get_cdn_file>(needs::connection, true, side::cdn),
        entry<tl::upload::reuploadCdnFile, reupload_cdn_file>(needs::login),
        entry<tl::upload::getCdnFileHashes, get_cdn_file_hashes>(needs::login),
    };
    return all;
}

}  // namespace mtproto::localdc
