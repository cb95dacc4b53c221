// upload.*: parts of files and their hashes (protocol 8.1, 8.4).
#include "localdc/decoded.hpp"
#include "localdc/parts.hpp"

#include <mtproto/tl_api.hpp>

#include <array>
#include <optional>
#include <string>

namespace mtproto::localdc {
namespace {

constexpr std::int32_t file_mtime = 1'700'000'000;

const served_file& located(call& now, const tl::InputFileLocation& location) {
    const auto* wanted = location.as<tl::inputDocumentFileLocation>();
    if (!wanted) throw refusal{400, "LOCATION_INVALID"};
    const served_file* file = now.cluster.files.document(wanted->id);
    if (!file || wanted->access_hash != now.cluster.secret.access_hash(now.login.user, file->document_id))
        throw refusal{400, "FILE_ID_INVALID"};
    if (!wanted->thumb_size.empty()) throw refusal{400, "LOCATION_INVALID"};
    if (file->dc != now.dc.id) throw refusal{303, "FILE_MIGRATE_" + std::to_string(file->dc)};
    if (wanted->file_reference.empty()) throw refusal{400, "FILE_REFERENCE_EMPTY"};
    if (!now.cluster.secret.is_reference_of(now.login.user, wanted->file_reference))
        throw refusal{400, "FILE_REFERENCE_INVALID"};
    if (wanted->file_reference != now.cluster.secret.file_reference(now.login.user, file->document_id))
        throw refusal{400, "FILE_REFERENCE_EXPIRED"};
    // Its size and hash were told: other contents are none of it.
    if (!now.cluster.files.unchanged(*file)) throw refusal{500, "INTERNAL"};
    return *file;
}

// What the account's limits say to a part of so many bytes; nothing when it is to be answered with -429.
std::optional<duration> admit(call& now, std::int64_t size) {
    static const traffic::fault too_many = [] {
        traffic::fault made;
        made.kind = traffic::fault_kind::transport_error;
        made.value = 429;
        return made;
    }();
    account_traffic& account = now.cluster.traffic_of(now.dc.id, now.login.user);
    account.connections.insert(now.connection.number);
    if (!account.limits.admits(static_cast<int>(account.connections.size()))) {
        account.connections.erase(now.connection.number);
        now.fault = &too_many;
        return std::nullopt;
    }
    const int floods = account.limits.floods();
    now.flood_wait = account.limits.ask(now.cluster.env.time->now(), size);
    if (account.limits.floods() != floods) count_flood(now);
    if (now.flood_wait)
        throw refusal{420, (now.user().premium ? "FLOOD_WAIT_" : "FLOOD_PREMIUM_WAIT_") +
                               std::to_string(now.flood_wait->count())};
    return account.limits.slowness();
}

reply get_file(call& now, tl::upload::getFile& query) {
    const served_file& file = located(now, query.location);
    check_alignment(query.offset, query.limit, query.precise);
    if (query.cdn_supported && now.cluster.on_cdn(file)) return redirect(now, file, query.offset);
    file_part part = part_at(now, file, query.offset, query.limit);
    part.mtime = file_mtime;
    const std::optional<duration> slow = admit(now, part.available);
    return {{}, part, slow.value_or(duration{0})};
}

reply get_file_hashes(call& now, tl::upload::getFileHashes& query) {
    const served_file& file = located(now, query.location);
    return {tl::encode(hashes_at(now, file, query.offset)), {}};
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
