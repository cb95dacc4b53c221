// Goes to CDNs and back, to other data centres, and renews the file's reference.
#include "download/file_source.hpp"

#include "base/scope_exit.hpp"
#include "client/account_connections.hpp"
#include "download/account_downloads.hpp"
#include "download/cdn_errc.hpp"
#include "download/cdn_file.hpp"
#include "download/cdn_source.hpp"
#include "download/verified_source.hpp"
#include "media/reference.hpp"

#include <mtproto/tl_api.hpp>

#include <chrono>
#include <utility>

namespace mtproto::download {
namespace {

/// Tokens last long: more of them in one download is a circle.
constexpr int most_expirations = 8;

/// The rest of an account's CDNs after one has failed: every stream of a file would meet with the same, and
/// wait for it to say nothing.
constexpr duration rest_after_failure = std::chrono::minutes(10);

bool cdns_rest(core::account_connections& account) {
    return account.environment().time->now() < downloads_of(account).cdns_rest_until;
}

}  // namespace

file_source::file_source(std::shared_ptr<core::account_connections> account, const media& file,
                         verification proof, std::shared_ptr<file_hashes> hashes)
    : place_{std::move(account), file.dc},
      size_(file.size),
      proof_(proof),
      datacentre_(std::make_shared<datacentre_source>(
          place_, file.location, size_, proof != verification::off && !cdns_rest(*place_.account))),
      hashes_(hashes ? std::move(hashes)
                     : std::make_shared<file_hashes>(place_.account->environment().executor)),
      renewed_(place_.account->environment().executor) {
    go_to(place_);
}

void file_source::go_to(const place& where) {
    if (where.dc != datacentre_->here().dc) datacentre_ = datacentre_->at(where.behind_cdn());
    std::shared_ptr<hashed_source> from = datacentre_;
    if (where.cdn) from = std::make_shared<cdn_source>(where, datacentre_, size_);
    place_ = where;
    // protocol 8.4: a CDN's bytes are never passed on unproved.
    const bool proved = where.cdn || proof_ == verification::all;
    const io::environment& around = where.account->environment();
    if (proved)
        serving_ = std::make_shared<verified_source>(from, hashes_, size_, around.executor, around.compute);
    else
        serving_ = from;
}

void file_source::follow(const moved& answer, int version) {
    if (version != version_) return;
    ++version_;
    if (answer.why.code.category() == cdn_category())
        leave_cdn(answer.why);
    else
        go_to(answer.to);
}

void file_source::leave_cdn(const failure& why) {
    go_to(place_.behind_cdn());
    const bool expired = why.code == make_error_code(cdn_errc::expired);
    if (expired && ++expirations_ < most_expirations) return;
    datacentre_->refuse_redirects();
    const io::environment& around = place_.account->environment();
    downloads_of(*place_.account).cdns_rest_until = around.time->now() + rest_after_failure;
    if (around.log)
        around.log(log_level::warning, "the file comes without the CDN from here on: " + why.message());
}

io::awaitable<outcome<bool>> file_source::look_elsewhere() {
    if (place_.cdn && !renewing_) {
        failure why(errc::timed_out);
        why.method = tl::upload::getCdnFile::tl_name;
        why.dc = place_.serving_dc();
        leave_cdn(why);
        ++version_;
        co_return true;
    }
    co_return co_await place_.account->look_elsewhere(place_.dc);
}

std::optional<time_point> file_source::announced_wait() {
    return place_.account->announced_wait(place_.dc);
}

std::optional<wait_info> file_source::wait(time_point now) {
    if (std::optional<wait_info> flood = source_choice::wait(now)) {
        flood->dc = place_.serving_dc();
        flood->method = place_.cdn ? tl::upload::getCdnFile::tl_name : tl::upload::getFile::tl_name;
        return flood;
    }
    std::optional<wait_info> of_connections = datacentre_->wait_of_connections();
    std::optional<wait_info> of_requests = place_.account->waits()->present();
    if (!of_connections || (of_requests && of_requests->kind < of_connections->kind)) return of_requests;
    return of_connections;
}

io::awaitable<outcome<void>> file_source::renew_reference(int version) {
    while (version == version_ && renewing_)
        if (const result<void> waited = co_await renewed_.wait(); !waited) co_return failure(waited.error());
    if (version != version_) co_return outcome<void>();
    renewing_ = true;
    // Also when the one who renews is cancelled: then another of those that wait takes over.
    const scope_exit done([this] {
        renewing_ = false;
        renewed_.notify();
    });
    outcome<void> renewed = co_await renew_now();
    if (renewed) ++version_;
    co_return renewed;
}

io::awaitable<outcome<void>> file_source::renew_now() {
    const file_location known = datacentre_->location();
    auto fresh = co_await core::refresh_reference(*place_.account, known);
    if (!fresh) co_return fresh.error();
    // protocol 8.5: another document under the same link is another download.
    if (fresh->id != known.id || fresh->photo != known.photo)
        co_return failure(errc::file_changed, "the message carries another file now");
    datacentre_->renew(std::move(*fresh));
    co_return outcome<void>();
}

}  // namespace mtproto::download
