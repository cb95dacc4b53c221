// runtime_source at a CDN: parts, files that it has to be given, hashes, and the way back
// (protocol 8.3, 8.4).
#include "client/advice.hpp"
#include "download/account_downloads.hpp"
#include "download/cdn_matter.hpp"
#include "download/hash_list.hpp"
#include "download/runtime_source.hpp"
#include "download/trouble.hpp"
#include "net/rpc_failure.hpp"

#include <mtproto/tl_api.hpp>

#include <utility>

namespace mtproto::download {
namespace {

/// A CDN that was given a part so often and does not have it will not keep it.
constexpr int most_reuploads = 3;
/// Answers of one download in a row that are no answers (500 ...).
constexpr int most_setbacks = 3;
/// Tokens last long: more of them in one download is a circle.
constexpr int most_expirations = 8;

/// The rest of a client's CDNs after one has failed: every stream of a file would meet with the same, and
/// wait for it to say nothing.
constexpr duration rest_after_failure = std::chrono::minutes(10);

bool is_token(const failure& why) {
    return why.is("FILE_TOKEN_INVALID") || why.is("REQUEST_TOKEN_INVALID");
}

failure matter(cdn_matter what, failure why) {
    why.detail = why.message();
    why.code = make_error_code(what);
    return why;
}

}  // namespace

io::awaitable<outcome<bytes>> runtime_source::fetch_from_cdn(std::shared_ptr<cdn_file> from, int line,
                                                             std::int64_t offset, std::int32_t limit) {
    for (int reuploads = 0; reuploads <= most_reuploads; ++reuploads) {
        bytes request = from->request(offset, limit);
        const outcome<bytes> answer = co_await ask_cdn(from->dc(), line, std::move(request));
        if (!answer) co_return of_cdn(answer.error());
        auto part = tl::decode<tl::upload::CdnFile>(*answer);
        if (!part) co_return matter(cdn_matter::failed, part.error());
        cdn_setbacks_ = 0;
        if (const auto* data = part->as<tl::upload::cdnFile>())
            co_return from->decrypted(data->bytes, offset);
        bytes token = part->as<tl::upload::cdnFileReuploadNeeded>()->request_token;
        const outcome<void> given = co_await reupload(from, line, std::move(token));
        if (!given) co_return given.error();
    }
    co_return matter(cdn_matter::failed, failure(errc::malformed, "the CDN does not keep what it is given"));
}

io::awaitable<outcome<bytes>> runtime_source::ask_cdn(int dc, int line, bytes request) {
    const outcome<std::shared_ptr<core::file_connection>> over = co_await over_->connection_to_cdn(dc, line);
    if (!over) co_return over.error();
    outcome<bytes> answer = co_await (*over)->call(std::move(request), tl::upload::getCdnFile::tl_name);
    co_return answer;
}

io::awaitable<outcome<void>> runtime_source::check_cdn(int dc, int line) {
    const outcome<std::shared_ptr<core::file_connection>> over = co_await over_->connection_to_cdn(dc, line);
    if (!over) co_return of_cdn(over.error());  // the line's affair, not the download's end
    outcome<void> alive = co_await (*over)->check();
    co_return alive;
}

io::awaitable<outcome<void>> runtime_source::reupload(std::shared_ptr<cdn_file> to, int line,
                                                      bytes request_token) {
    tl::upload::reuploadCdnFile request;
    request.file_token = to->token();
    request.request_token = std::move(request_token);
    bytes encoded = tl::encode(request);
    const outcome<bytes> answer =
        co_await ask_behind_cdn(line, std::move(encoded), tl::upload::reuploadCdnFile::tl_name);
    if (!answer) co_return answer.error();
    const outcome<std::vector<file_hash>> told = decode_hashes(*answer, size_);
    if (!told) co_return matter(cdn_matter::failed, told.error());
    to->know(*told);
    co_return outcome<void>();
}

io::awaitable<outcome<std::vector<file_hash>>> runtime_source::cdn_hashes(std::shared_ptr<cdn_file> of,
                                                                          int line, std::int64_t offset) {
    std::vector<file_hash> known = of->take_hashes(offset);
    if (!known.empty()) co_return known;
    tl::upload::getCdnFileHashes request;
    request.file_token = of->token();
    request.offset = offset;
    bytes encoded = tl::encode(request);
    const outcome<bytes> answer =
        co_await ask_behind_cdn(line, std::move(encoded), tl::upload::getCdnFileHashes::tl_name);
    if (!answer) co_return answer.error();
    outcome<std::vector<file_hash>> told = decode_hashes(*answer, size_);
    if (!told) co_return matter(cdn_matter::failed, told.error());
    co_return told;
}

/// What only the file's data centre knows. A flood there holds its other downloads, too, and this one.
io::awaitable<outcome<bytes>> runtime_source::ask_behind_cdn(int line, bytes request,
                                                             std::string_view method) {
    const io::timers& time = *over_->environment().time;
    schedule::flood_gate& gate = limits_of(*over_).gate(dc_);
    if (!gate.open(time.now())) {
        failure held = net::rest_of_wait(gate.not_before(), time.now());
        held.method = method;
        held.dc = dc_;
        co_return held;
    }
    const time_point asked_at = time.now();
    outcome<bytes> answer = co_await ask(line, std::move(request), method);
    if (answer) co_return answer;
    const failure& why = answer.error();
    const verdict what = judge(why);
    if (what.kind == trouble::flood) gate.flooded(time.now(), what.wait, asked_at, 0);
    if (is_token(why)) co_return matter(cdn_matter::expired, why);
    if (what.kind == trouble::fatal && why.code == make_error_code(errc::rpc_error))
        co_return matter(cdn_matter::failed, why);
    co_return answer;
}

/// What a CDN's failure is to a download that can do without it.
failure runtime_source::of_cdn(failure why) {
    if (why.code == make_error_code(errc::cancelled)) return why;
    if (is_token(why)) return matter(cdn_matter::expired, std::move(why));
    const trouble kind = judge(why).kind;
    if (kind == trouble::flood) return why;
    if (kind == trouble::retry && ++cdn_setbacks_ < most_setbacks) return why;
    return matter(cdn_matter::failed, std::move(why));
}

void runtime_source::leave_cdn(const failure& why) {
    cdn_.reset();
    const bool expired = why.code == make_error_code(cdn_matter::expired);
    if (expired && ++expirations_ < most_expirations) return;
    may_redirect_ = false;
    downloads_of(*over_).cdns_rest_until = over_->environment().time->now() + rest_after_failure;
    if (const log_sink& log = over_->environment().log)
        log(log_level::warning, "the file comes without the CDN from here on: " + why.message());
}

bool runtime_source::cdns_rest(core::account_connections& of) {
    return of.environment().time->now() < downloads_of(of).cdns_rest_until;
}

}  // namespace mtproto::download
