// upload.getCdnFile, what only the data centre behind the CDN answers, and when the CDN is left.
#include "download/cdn_source.hpp"

#include "download/cdn_file.hpp"
#include "download/failure_class.hpp"
#include "download/hash_list.hpp"

#include <mtproto/tl_api.hpp>

#include <string>
#include <utility>

namespace mtproto::download {
namespace {

/// A CDN that was given a part so often and does not have it will not keep it.
constexpr int most_reuploads = 3;
/// Answers of one download in a row that are no answers (500 ...).
constexpr int most_setbacks = 3;

bool is_token(const failure& why) {
    return why.is("FILE_TOKEN_INVALID") || why.is("REQUEST_TOKEN_INVALID");
}

}  // namespace

cdn_source::cdn_source(place here, std::shared_ptr<datacentre_source> behind, std::int64_t size)
    : place_(std::move(here)), behind_(std::move(behind)), size_(size) {}

io::awaitable<reply<bytes>> cdn_source::fetch(int connection, std::int64_t offset, std::int32_t limit) {
    for (int reuploads = 0; reuploads <= most_reuploads; ++reuploads) {
        bytes request = place_.cdn->request(offset, limit);
        const outcome<bytes> answer = co_await ask(connection, std::move(request));
        if (!answer) co_return sorted(answer.error());
        auto part = tl::decode<tl::upload::CdnFile>(*answer);
        if (!part) co_return left(cdn_errc::failed, part.error());
        setbacks_ = 0;
        if (const auto* data = part->as<tl::upload::cdnFile>())
            co_return place_.cdn->decrypted(data->bytes, offset);
        bytes token = part->as<tl::upload::cdnFileReuploadNeeded>()->request_token;
        const reply<void> given = co_await reupload(connection, std::move(token));
        if (!given) co_return given.error();
    }
    co_return left(cdn_errc::failed, failure(errc::malformed, "the CDN does not keep what it is given"));
}

io::awaitable<outcome<bytes>> cdn_source::ask(int connection, bytes request) {
    const int dc = place_.serving_dc();
    const outcome<std::shared_ptr<core::file_connection>> over =
        co_await place_.account->connection_to_cdn(dc, connection);
    if (!over) co_return over.error();
    outcome<bytes> answer = co_await (*over)->call(std::move(request), tl::upload::getCdnFile::tl_name);
    co_return answer;
}

io::awaitable<outcome<void>> cdn_source::check(int connection) {
    const int dc = place_.serving_dc();
    const outcome<std::shared_ptr<core::file_connection>> over =
        co_await place_.account->connection_to_cdn(dc, connection);
    if (over) co_return co_await (*over)->check();
    // The connection's affair, not the download's end.
    const no_reply why = sorted(over.error());
    const auto* back = std::get_if<moved>(&why);
    co_return back ? back->why : std::get<failure>(why);
}

io::awaitable<reply<void>> cdn_source::reupload(int connection, bytes request_token) {
    tl::upload::reuploadCdnFile request;
    request.file_token = place_.cdn->token();
    request.request_token = std::move(request_token);
    bytes encoded = tl::encode(request);
    const reply<bytes> answer =
        co_await ask_behind(connection, std::move(encoded), tl::upload::reuploadCdnFile::tl_name);
    if (!answer) co_return answer.error();
    const outcome<std::vector<file_hash>> told = decode_hashes(*answer, size_);
    if (!told) co_return left(cdn_errc::failed, told.error());
    place_.cdn->know(*told);
    co_return reply<void>();
}

io::awaitable<reply<std::vector<file_hash>>> cdn_source::hashes(int connection, std::int64_t offset) {
    std::vector<file_hash> known = place_.cdn->take_hashes(offset);
    if (!known.empty()) co_return known;
    tl::upload::getCdnFileHashes request;
    request.file_token = place_.cdn->token();
    request.offset = offset;
    bytes encoded = tl::encode(request);
    const reply<bytes> answer =
        co_await ask_behind(connection, std::move(encoded), tl::upload::getCdnFileHashes::tl_name);
    if (!answer) co_return answer.error();
    outcome<std::vector<file_hash>> told = decode_hashes(*answer, size_);
    if (!told) co_return left(cdn_errc::failed, told.error());
    co_return std::move(*told);
}

/// A flood there holds the data centre's other downloads, too, and this one: connections keep to its gate.
io::awaitable<reply<bytes>> cdn_source::ask_behind(int connection, bytes request, std::string_view method) {
    reply<bytes> answer = co_await behind_->ask(connection, std::move(request), method);
    if (answer) co_return answer;
    const no_reply error = answer.error();
    const auto* why = std::get_if<failure>(&error);
    if (!why) co_return answer;
    if (is_token(*why)) co_return left(cdn_errc::expired, *why);
    if (classify(*why).kind == failure_kind::fatal && why->code == make_error_code(errc::rpc_error))
        co_return left(cdn_errc::failed, *why);
    co_return answer;
}

/// Tells failures to be met as everywhere from those for which a CDN is left.
no_reply cdn_source::sorted(failure why) {
    if (why.code == make_error_code(errc::cancelled)) return why;
    if (is_token(why)) return left(cdn_errc::expired, std::move(why));
    const failure_kind kind = classify(why).kind;
    if (kind == failure_kind::flood) return why;
    if (kind == failure_kind::retry && ++setbacks_ < most_setbacks) return why;
    return left(cdn_errc::failed, std::move(why));
}

moved cdn_source::left(cdn_errc code, failure why) const {
    why.detail = why.message();
    why.code = make_error_code(code);
    return {place_.behind_cdn(), std::move(why)};
}

no_reply cdn_source::disproved(std::int64_t offset) const {
    failure why(make_error_code(cdn_errc::failed));
    why.detail = "wrong bytes at offset " + std::to_string(offset);
    why.method = tl::upload::getFile::tl_name;
    why.dc = place_.serving_dc();
    return moved(place_.behind_cdn(), std::move(why));
}

}  // namespace mtproto::download
