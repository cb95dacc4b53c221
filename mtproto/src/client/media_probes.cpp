// Probes media-only addresses that do not serve, leaves them, and comes back to them.
#include "base/scope_exit.hpp"
#include "client/data_centre.hpp"
#include "net/within.hpp"
#include "wire/transport_errors.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <utility>

namespace mtproto::core {
namespace {

/// A probe is to be answered within this, of the media-only addresses and of the others.
constexpr duration probe_patience = std::chrono::seconds(5);
/// How often connections that are not needed any more are looked at.
constexpr duration leaving_look = std::chrono::seconds(5);

}  // namespace

/// Whether there are media-only addresses in use, none of which has answered a request of late, or that
/// answer with refusals alone.
bool data_centre::may_leave_media() const {
    if (account_->lifetime.closed() || media_addresses().empty()) return false;
    if (rest_.refuses()) return true;
    const time_point since = account_->now() - media_rest::patience;
    return std::none_of(for_files_.begin(), for_files_.end(),
                        [&](const auto& one) { return one.second->answered_since(since); });
}

bool data_centre::refused_file() {
    if (media_addresses().empty()) return false;
    rest_.refused();
    return rest_.refuses();
}

/// By a connection of its own: those for files may be in a pause.
io::awaitable<outcome<void>> data_centre::probe_media() {
    net::connection_options options;
    options.dc = number_;
    options.media = true;
    options.addresses = account_->servers.addresses.media_addresses(number_);
    options.fail_on_429 = true;
    const auto probe = net::connection::make(account_->services, key_for(true), std::move(options));
    const scope_exit at_end([&] { probe->close(); });
    outcome<void> answered = co_await net::within(
        *account_->environment().time, account_->now() + probe_patience, net::connection::check(probe));
    // One that takes no more connections serves those that it has.
    if (!answered && answered.error().rpc_code == wire::too_many_connections) co_return outcome<void>();
    co_return answered;
}

io::awaitable<bool> data_centre::look_elsewhere() {
    const auto self = shared_from_this();
    if (!looking_) {
        if (!may_leave_media()) co_return false;
        looking_ = true;
        // Whoever asks may go away meanwhile: the others go on waiting for what comes out.
        io::asio::co_spawn(account_->environment().executor, leave_or_stay(self), io::asio::detached);
    }
    while (looking_) {
        const result<void> waited = co_await looked_.wait();
        if (!waited) co_return false;
    }
    co_return rest_.resting();
}

/// Leaves the media-only addresses if they do not serve and the others do.
io::awaitable<void> data_centre::leave_or_stay(std::shared_ptr<data_centre> self) {
    account_state& account = *self->account_;
    const scope_exit at_end([&] {
        self->looking_ = false;
        self->looked_.notify();
    });
    // Without a network nothing is to be learnt. And where it has just come back whoever is asked first would
    // seem to serve alone: so the media-only addresses are asked anew when the others have just answered.
    const std::shared_ptr<net::connection> main = self->main_connection();
    main->hurry();
    const outcome<void> others = co_await net::within(
        *account.environment().time, account.now() + probe_patience, net::connection::check(main));
    if (!others || !self->may_leave_media()) co_return;
    const outcome<void> these = co_await self->probe_media();
    if (!self->may_leave_media()) co_return;
    const media_rest::decision next = self->rest_.probed(these.has_value(), account.now());
    if (next.hurry)
        for (const auto& [place, one] : self->for_files_)
            one->hurry();
    if (!next.leave) co_return;
    account.log(log_level::warning, "the media-only addresses of DC " + std::to_string(self->number_) +
                                        " do not serve: files come from its other ones");
    self->close_file_connections();
    if (next.probe_after)
        io::asio::co_spawn(account.environment().executor, return_early(self, *next.probe_after),
                           io::asio::detached);
}

/// Media-only addresses may serve again before their rest is over.
io::awaitable<void> data_centre::return_early(std::shared_ptr<data_centre> self, duration pause) {
    account_state& account = *self->account_;
    const std::optional<time_point> rest = self->rest_.until();
    for (;; pause = media_rest::next_pause(pause)) {
        const outcome<void> rested = co_await account.lifetime.sleep_until(account.now() + pause);
        if (!rested || self->rest_.until() != rest || self->rest_.over(account.now())) co_return;
        const outcome<void> answered = co_await self->probe_media();
        if (account.lifetime.closed() || self->rest_.until() != rest) co_return;
        if (answered) break;
    }
    account.log(log_level::info, "the media-only addresses of DC " + std::to_string(self->number_) +
                                     " answer again: files come from those");
    self->rest_.cut_short();
    co_await self->end_leaving();
}

/// Requests that are under way end where they are.
io::awaitable<void> data_centre::end_leaving() {
    for (const auto& [place, one] : std::exchange(for_files_, {}))
        leaving_.push_back(one);
    while (!leaving_.empty()) {
        const outcome<void> rested = co_await account_->lifetime.sleep_until(account_->now() + leaving_look);
        if (!rested) co_return;
        std::erase_if(leaving_, [](const std::shared_ptr<net::connection>& one) {
            if (one->under_way() > 0) return false;
            one->close();
            return true;
        });
    }
}

void data_centre::end_rest() {
    if (!rest_.over(account_->now())) return;
    if (std::any_of(for_files_.begin(), for_files_.end(),
                    [](const auto& one) { return one.second->under_way() > 0; }))
        return;
    rest_.end();
    close_file_connections();
}

void data_centre::close_file_connections() noexcept {
    for (const auto& [place, one] : std::exchange(for_files_, {}))
        one->close();
}

}  // namespace mtproto::core
