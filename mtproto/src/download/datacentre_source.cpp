// upload.getFile and upload.getFileHashes: asks, reads the answers, and tells where the file is if elsewhere.
#include "download/datacentre_source.hpp"

#include "client/advice.hpp"
#include "download/cdn_errc.hpp"
#include "download/cdn_file.hpp"
#include "download/hash_list.hpp"
#include "schedule/scheduler.hpp"

#include <mtproto/tl_api.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace mtproto::download {
namespace {

template <class Location>
Location filled(const file_location& file) {
    Location made;
    made.id = file.id;
    made.access_hash = file.access_hash;
    made.file_reference = file.file_reference;
    made.thumb_size = file.thumb_size;
    return made;
}

tl::InputFileLocation encodable(const file_location& file) {
    if (file.photo) return filled<tl::inputPhotoFileLocation>(file);
    return filled<tl::inputDocumentFileLocation>(file);
}

failure of_request(failure why, std::string_view method, int dc) {
    why.method = method;
    why.dc = dc;
    return why;
}

}  // namespace

datacentre_source::datacentre_source(place here, file_location file, std::int64_t size, bool may_redirect)
    : place_(std::move(here)),
      file_(std::move(file)),
      size_(size),
      connections_(static_cast<std::size_t>(
          std::clamp(place_.account->settings().file_connections, 1, schedule::most_connections))),
      may_redirect_(may_redirect) {}

std::shared_ptr<datacentre_source> datacentre_source::at(const place& other) const {
    return std::make_shared<datacentre_source>(other, file_, size_, may_redirect_);
}

io::awaitable<outcome<void>> datacentre_source::open(int connection) {
    auto made = co_await place_.account->connection_for_files(place_.dc, connection);
    if (!made) co_return made.error();
    connections_[static_cast<std::size_t>(connection)] = std::move(*made);
    co_return outcome<void>();
}

io::awaitable<outcome<void>> datacentre_source::check(int connection) {
    const std::shared_ptr<core::file_connection> over = connections_[static_cast<std::size_t>(connection)];
    if (!over) co_return co_await open(connection);
    co_return co_await over->check();
}

io::awaitable<reply<bytes>> datacentre_source::ask(int connection, bytes request, std::string_view method) {
    const std::shared_ptr<core::file_connection>& over = connections_[static_cast<std::size_t>(connection)];
    // After a move to another data centre its connection is made when the first part needs it.
    if (!over)
        if (const outcome<void> opened = co_await open(connection); !opened) co_return opened.error();
    const std::shared_ptr<core::file_connection> held = over;
    outcome<bytes> answer = co_await held->call(std::move(request), method);
    if (!answer) co_return refused(answer.error());
    co_return std::move(*answer);
}

no_reply datacentre_source::refused(failure why) const {
    const rpc::advice advice = core::advice_on(why, false);
    if (advice.action != rpc::action::migrate_file || advice.value <= 0) return why;
    return moved({place_.account, advice.value}, std::move(why));
}

io::awaitable<reply<bytes>> datacentre_source::fetch(int connection, std::int64_t offset,
                                                     std::int32_t limit) {
    const reply<bytes> answer =
        co_await ask(connection, request(offset, limit), tl::upload::getFile::tl_name);
    if (!answer) co_return answer.error();
    auto file = tl::decode<tl::upload::File>(*answer);
    if (!file)
        co_return of_request(core::undecodable(file.error(), tl::upload::getFile::tl_name),
                             tl::upload::getFile::tl_name, place_.dc);
    if (auto* data = file->as<tl::upload::file>()) co_return std::move(data->bytes);
    co_return redirected(*file->as<tl::upload::fileCdnRedirect>());
}

no_reply datacentre_source::redirected(const tl::upload::fileCdnRedirect& to) const {
    const auto method = tl::upload::getFile::tl_name;
    if (!may_redirect_)
        return of_request(failure(errc::malformed, "a redirect to a CDN, which was not asked for"), method,
                          place_.dc);
    outcome<cdn_file> read = cdn_file::read(to, size_);
    place where = place_;
    if (read) {
        where.cdn = std::make_shared<cdn_file>(std::move(*read));
        return moved(std::move(where), {});
    }
    failure why(make_error_code(cdn_errc::failed));
    why.detail = read.error().message();
    return moved(std::move(where), of_request(std::move(why), method, place_.dc));
}

io::awaitable<reply<std::vector<file_hash>>> datacentre_source::hashes(int connection, std::int64_t offset) {
    const auto method = tl::upload::getFileHashes::tl_name;
    tl::upload::getFileHashes request;
    request.location = encodable(file_);
    request.offset = offset;
    bytes encoded = tl::encode(request);
    const reply<bytes> answer = co_await ask(connection, std::move(encoded), method);
    if (!answer) co_return answer.error();
    outcome<std::vector<file_hash>> told = decode_hashes(*answer, size_);
    if (!told) co_return of_request(told.error(), method, place_.dc);
    co_return std::move(*told);
}

no_reply datacentre_source::disproved(std::int64_t offset) const {
    failure why(errc::bad_part, "wrong bytes at offset " + std::to_string(offset));
    return of_request(std::move(why), tl::upload::getFile::tl_name, place_.dc);
}

std::optional<wait_info> datacentre_source::wait_of_connections() const {
    std::optional<wait_info> found;
    for (const std::shared_ptr<core::file_connection>& each : connections_) {
        if (each && each->serves()) return std::nullopt;
        std::optional<wait_info> one = each ? each->wait() : std::nullopt;
        const bool sooner = one && found && one->end && (!found->end || *one->end < *found->end);
        if (one && (!found || one->kind < found->kind || (one->kind == found->kind && sooner)))
            found = std::move(one);
    }
    return found;
}

bytes datacentre_source::request(std::int64_t offset, std::int32_t limit) const {
    tl::upload::getFile made;
    made.location = encodable(file_);
    made.offset = offset;
    made.limit = limit;
    made.cdn_supported = may_redirect_;
    return tl::encode(made);
}

}  // namespace mtproto::download
