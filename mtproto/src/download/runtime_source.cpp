// Requests, answers, and the repairs: another data centre, a CDN or not, a fresh reference.
#include "download/runtime_source.hpp"

#include "client/advice.hpp"
#include "download/account_downloads.hpp"
#include "download/cdn_matter.hpp"
#include "download/hash_list.hpp"
#include "media/reference.hpp"
#include "schedule/scheduler.hpp"

#include <mtproto/tl_api.hpp>

#include <algorithm>
#include <limits>

namespace mtproto::download {
namespace {

tl::InputFileLocation location_of(const file_location& file) {
    if (file.photo) {
        tl::inputPhotoFileLocation made;
        made.id = file.id;
        made.access_hash = file.access_hash;
        made.file_reference = file.file_reference;
        made.thumb_size = file.thumb_size;
        return made;
    }
    tl::inputDocumentFileLocation made;
    made.id = file.id;
    made.access_hash = file.access_hash;
    made.file_reference = file.file_reference;
    made.thumb_size = file.thumb_size;
    return made;
}

failure broken(failure what, std::string_view method, int dc) {
    what.method = method;
    what.dc = dc;
    return what;
}

}  // namespace

account_downloads& downloads_of(core::account_connections& account) {
    auto& slot = account.attachments().downloads;
    constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
    if (!slot)
        slot = std::make_shared<account_downloads>(
            static_cast<std::int64_t>(std::min(account.settings().byte_budget, most)));
    return *slot;
}

schedule::shared_resources& limits_of(core::account_connections& where) {
    return downloads_of(where).limits;
}

runtime_source::runtime_source(std::shared_ptr<core::account_connections> over, file_location file, int dc,
                               std::int64_t size, bool from_cdn)
    : over_(std::move(over)),
      file_(std::move(file)),
      dc_(dc),
      size_(size),
      lines_(static_cast<std::size_t>(
          std::clamp(over_->settings().file_connections, 1, schedule::most_connections))),
      may_redirect_(from_cdn && !cdns_rest(*over_)),
      repaired_(over_->environment().executor) {}

io::awaitable<outcome<void>> runtime_source::open(int line) {
    const int dc = dc_;
    auto made = co_await over_->connection_for_files(dc, line);
    if (!made) co_return made.error();
    if (dc == dc_) lines_[static_cast<std::size_t>(line)] = std::move(*made);
    co_return outcome<void>();
}

io::awaitable<outcome<bytes>> runtime_source::ask(int line, bytes request, std::string_view method) {
    // After a move to another data centre its line is made when the first part needs it.
    while (!lines_[static_cast<std::size_t>(line)])
        if (const outcome<void> opened = co_await open(line); !opened) co_return opened.error();
    const std::shared_ptr<core::file_connection> over = lines_[static_cast<std::size_t>(line)];
    outcome<bytes> answer = co_await over->call(std::move(request), method);
    co_return answer;
}

io::awaitable<outcome<bytes>> runtime_source::fetch(int line, std::int64_t offset, std::int32_t limit) {
    if (cdn_) co_return co_await fetch_from_cdn(cdn_, line, offset, limit);
    const int dc = dc_;
    outcome<bytes> answer = co_await ask(line, request(offset, limit), tl::upload::getFile::tl_name);
    if (!answer) co_return answer.error();
    auto file = tl::decode<tl::upload::File>(*answer);
    if (!file)
        co_return broken(core::undecodable(file.error(), tl::upload::getFile::tl_name),
                         tl::upload::getFile::tl_name, dc);
    if (auto* data = file->as<tl::upload::file>()) co_return std::move(data->bytes);
    co_return redirected(*file->as<tl::upload::fileCdnRedirect>());
}

/// What repair() is to hear, and does then.
failure runtime_source::redirected(const tl::upload::fileCdnRedirect& to) {
    if (!may_redirect_)
        return broken(failure(errc::malformed, "a redirect to a CDN, which was not asked for"),
                      tl::upload::getFile::tl_name, dc_);
    outcome<cdn_file> read = cdn_file::read(to, size_);
    failure made(make_error_code(read ? cdn_matter::redirected : cdn_matter::failed));
    if (read)
        redirect_ = std::make_shared<cdn_file>(std::move(*read));
    else
        made.detail = read.error().message();
    return broken(std::move(made), tl::upload::getFile::tl_name, dc_);
}

io::awaitable<outcome<std::vector<file_hash>>> runtime_source::hashes(int line, std::int64_t offset) {
    if (cdn_) co_return co_await cdn_hashes(cdn_, line, offset);
    const int dc = dc_;
    tl::upload::getFileHashes request;
    request.location = location_of(file_);
    request.offset = offset;
    bytes encoded = tl::encode(request);
    const outcome<bytes> answer = co_await ask(line, std::move(encoded), tl::upload::getFileHashes::tl_name);
    if (!answer) co_return answer.error();
    outcome<std::vector<file_hash>> told = decode_hashes(*answer, size_);
    if (!told) co_return broken(told.error(), tl::upload::getFileHashes::tl_name, dc);
    co_return told;
}

io::awaitable<outcome<void>> runtime_source::check(int line) {
    if (cdn_) co_return co_await check_cdn(cdn_->dc(), line);
    const std::shared_ptr<core::file_connection> over = lines_[static_cast<std::size_t>(line)];
    if (!over) co_return co_await open(line);
    co_return co_await over->check();
}

std::optional<wait_info> runtime_source::wait_of_lines() const {
    std::optional<wait_info> found;
    for (const std::shared_ptr<core::file_connection>& line : lines_) {
        if (line && line->serves()) return std::nullopt;
        std::optional<wait_info> one = line ? line->wait() : std::nullopt;
        const bool sooner = one && found && one->end && (!found->end || *one->end < *found->end);
        if (one && (!found || one->kind < found->kind || (one->kind == found->kind && sooner)))
            found = std::move(one);
    }
    return found;
}

std::optional<wait_info> runtime_source::wait(time_point now) {
    if (std::optional<wait_info> flood = part_source::wait(now)) {
        flood->dc = cdn_ ? cdn_->dc() : dc_;
        flood->method = cdn_ ? tl::upload::getCdnFile::tl_name : tl::upload::getFile::tl_name;
        return flood;
    }
    std::optional<wait_info> of_lines = wait_of_lines();
    std::optional<wait_info> of_requests = over_->waits()->present();
    if (!of_lines || (of_requests && of_requests->kind < of_lines->kind)) return of_requests;
    return of_lines;
}

io::awaitable<outcome<bool>> runtime_source::look_elsewhere() {
    if (cdn_ && !repairing_) {
        leave_cdn(broken(failure(errc::timed_out), tl::upload::getCdnFile::tl_name, cdn_->dc()));
        ++version_;
        co_return true;
    }
    co_return co_await over_->look_elsewhere(dc_);
}

failure runtime_source::disproved(std::int64_t offset, bool must_be_proved) const {
    failure made(must_be_proved ? make_error_code(cdn_matter::failed) : make_error_code(errc::bad_part));
    made.detail = "wrong bytes at offset " + std::to_string(offset);
    return broken(std::move(made), tl::upload::getFile::tl_name, cdn_ ? cdn_->dc() : dc_);
}

bytes runtime_source::request(std::int64_t offset, std::int32_t limit) const {
    tl::upload::getFile made;
    made.location = location_of(file_);
    made.offset = offset;
    made.limit = limit;
    made.cdn_supported = may_redirect_;
    return tl::encode(made);
}

io::awaitable<outcome<void>> runtime_source::repair(failure why, int version) {
    while (version == version_ && repairing_)
        if (const result<void> waited = co_await repaired_.wait(); !waited) co_return failure(waited.error());
    if (version != version_) co_return outcome<void>();
    repairing_ = true;
    // Also when the one who repairs is cancelled: then another of those that wait takes over.
    struct ending {
        runtime_source& self;
        ~ending() {
            self.repairing_ = false;
            self.repaired_.notify();
        }
    };
    const ending at_end{*this};
    outcome<void> done = co_await repair_now(std::move(why));
    if (done) ++version_;
    co_return done;
}

io::awaitable<outcome<void>> runtime_source::repair_now(failure why) {
    if (why.code == make_error_code(cdn_matter::redirected)) {
        cdn_ = std::exchange(redirect_, nullptr);
        cdn_setbacks_ = 0;
        co_return outcome<void>();
    }
    if (why.code.category() == cdn_category()) {
        leave_cdn(why);
        co_return outcome<void>();
    }
    const rpc::advice what = core::advice_on(why, false);
    if (what.what == rpc::action::migrate_file) {
        if (what.value <= 0) co_return why;
        dc_ = what.value;
        std::fill(lines_.begin(), lines_.end(), nullptr);
        co_return outcome<void>();
    }
    auto fresh = co_await core::refresh_reference(*over_, file_);
    if (!fresh) co_return fresh.error();
    // protocol 8.5: another document under the same link is another download.
    if (fresh->id != file_.id || fresh->photo != file_.photo)
        co_return failure(errc::file_changed, "the message carries another file now");
    file_ = std::move(*fresh);
    co_return outcome<void>();
}

}  // namespace mtproto::download
