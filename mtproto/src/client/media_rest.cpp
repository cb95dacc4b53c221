// Media-only addresses that do not serve: left for the others, and come back to.
#include "client/engine.hpp"
#include "net/within.hpp"
#include "wire/transport_errors.hpp"

#include <mtproto/tl_api.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace mtproto::core {
namespace {

/// Media-only addresses serve as long as one of them has answered within this.
constexpr duration media_patience = std::chrono::seconds(20);
/// ... and the others when they answer within this. A probe of media-only ones has as much.
constexpr duration probe_patience = std::chrono::seconds(5);
/// How long media-only addresses that do not serve are left alone.
constexpr duration media_rest = std::chrono::minutes(10);
/// Those that answer a probe are to bring something within this, and answer a request within that.
constexpr duration grace = std::chrono::seconds(8);
constexpr duration grace_ends = std::chrono::minutes(2);
/// Those that answered nothing are probed again after this, then after twice the time, up to the longest.
/// Those that answered, and brought no file, are tried again once, after the second.
constexpr duration first_revision = std::chrono::seconds(15);
constexpr duration first_trial = std::chrono::minutes(1);
constexpr duration longest_revision = std::chrono::minutes(2);
/// How often connections that are not needed any more are looked at.
constexpr duration leaving_look = std::chrono::seconds(5);

}  // namespace

/// Whether there are media-only addresses in use, none of which has answered a request of late.
bool engine::may_rest(int dc) {
    const centre& at = centre_of(dc);
    const time_point since = shared_->now() - media_patience;
    return !closed_ && !media_addresses(at).empty() &&
           std::none_of(at.for_files.begin(), at.for_files.end(),
                        [&](const auto& one) { return one.second->answered_since(since); });
}

/// By a connection of its own: those for files may be in a pause.
io::awaitable<outcome<void>> engine::probe_media(int dc) {
    centre& at = centre_of(dc);
    net::connection_options how;
    how.dc = dc;
    how.media = true;
    how.addresses = table_.media_addresses(dc);
    how.fail_on_429 = true;
    const auto probe = net::connection::make(shared_, at.key_for(true), std::move(how));
    struct on_exit {
        net::connection& of;
        ~on_exit() { of.close(); }
    };
    const on_exit guard{*probe};
    outcome<void> answered = co_await net::within(*shared_->where.time, shared_->now() + probe_patience,
                                                  net::connection::check(probe));
    // One that takes no more connections serves those that it has.
    if (!answered && answered.error().rpc_code == wire::too_many_connections) co_return outcome<void>();
    co_return answered;
}

io::awaitable<bool> engine::look_elsewhere(int dc) {
    const auto self = shared_from_this();
    centre& at = centre_of(dc);
    if (!at.looking_elsewhere) {
        if (!may_rest(dc)) co_return false;
        at.looking_elsewhere = true;
        // Whoever asks may go away meanwhile: the others go on waiting for what comes out.
        io::asio::co_spawn(shared_->where.executor, leave_or_stay(self, dc), io::asio::detached);
    }
    while (at.looking_elsewhere) {
        const result<void> waited = co_await at.changed.wait();
        if (!waited) co_return false;
    }
    co_return at.media_rest_until.has_value();
}

/// Leaves the media-only addresses if they do not serve and the others do.
io::awaitable<void> engine::leave_or_stay(std::shared_ptr<engine> self, int dc) {
    centre& at = self->centre_of(dc);
    struct on_exit {
        centre& of;
        ~on_exit() {
            of.looking_elsewhere = false;
            of.changed.notify();
        }
    };
    const on_exit guard{at};
    // Without a network nothing is to be learnt. And where it has just come back whoever is asked first would
    // seem to serve alone: so the media-only addresses are asked anew when the others have just answered.
    self->main_of(at);
    at.main->hurry();
    const outcome<void> others = co_await net::within(
        *self->shared_->where.time, self->shared_->now() + probe_patience, net::connection::check(at.main));
    if (!others || !self->may_rest(dc)) co_return;
    const outcome<void> these = co_await self->probe_media(dc);
    if (!self->may_rest(dc)) co_return;
    const bool answered = these.has_value();
    const time_point now = self->shared_->now();
    if (answered) {
        // Their lines may only be in their pauses. Or they answer, and bring no file.
        const bool anew = !at.media_answered || now - *at.media_answered > grace_ends;
        if (anew) {
            at.media_answered = now;
            for (const auto& [place, one] : at.for_files)
                one->hurry();
        }
        if (anew || now - *at.media_answered < grace) co_return;
    }
    self->shared_->log(log_level::warning, "the media-only addresses of DC " + std::to_string(dc) +
                                               " do not serve: files come from its other ones");
    at.media_answered.reset();
    at.media_rest_until = now + media_rest;
    let_go_lines(at);
    // A second time they would only hold the file up again.
    if (answered && std::exchange(at.media_in_vain, true)) co_return;
    io::asio::co_spawn(self->shared_->where.executor,
                       revise_rest(self, dc, answered ? first_trial : first_revision), io::asio::detached);
}

/// Media-only addresses may serve again before their rest is over.
io::awaitable<void> engine::revise_rest(std::shared_ptr<engine> self, int dc, duration pause) {
    centre& at = self->centre_of(dc);
    const std::optional<time_point> rest = at.media_rest_until;
    for (;; pause = std::min(pause * 2, longest_revision)) {
        const outcome<void> rested = co_await self->rest_until(self->shared_->now() + pause);
        if (!rested || at.media_rest_until != rest || self->shared_->now() >= *rest) co_return;
        const outcome<void> answered = co_await self->probe_media(dc);
        if (self->closed_ || at.media_rest_until != rest) co_return;
        if (answered) break;
    }
    self->shared_->log(log_level::info, "the media-only addresses of DC " + std::to_string(dc) +
                                            " answer again: files come from those");
    at.media_rest_until.reset();
    // Requests that are under way end where they are.
    for (const auto& [place, one] : std::exchange(at.for_files, {}))
        at.leaving.push_back(one);
    while (!at.leaving.empty()) {
        if (const outcome<void> rested = co_await self->rest_until(self->shared_->now() + leaving_look);
            !rested)
            co_return;
        std::erase_if(at.leaving, [](const std::shared_ptr<net::connection>& one) {
            if (one->under_way() > 0) return false;
            one->close();
            return true;
        });
    }
}

/// Not under requests: they would have to begin anew.
void engine::end_rest(centre& at) {
    if (!at.media_rest_until || shared_->now() < *at.media_rest_until) return;
    if (std::any_of(at.for_files.begin(), at.for_files.end(),
                    [](const auto& one) { return one.second->under_way() > 0; }))
        return;
    at.media_rest_until.reset();
    at.media_in_vain = false;
    let_go_lines(at);
}

void engine::let_go_lines(centre& at) {
    for (const auto& [place, one] : std::exchange(at.for_files, {}))
        one->close();
}

std::optional<time_point> engine::announced_wait(int dc) {
    const time_point now = shared_->now();
    std::optional<time_point> latest;
    const auto consider = [&](int at, std::string_view method) {
        const auto until = shared_->floods.not_before(rpc::flood_key(at, method), now);
        if (until) latest = std::max(latest.value_or(*until), *until);
    };
    const int home = session_.home();
    consider(home, tl::help::getConfig::tl_name);
    consider(home, tl::auth::exportAuthorization::tl_name);
    consider(dc, tl::auth::importAuthorization::tl_name);
    for (const int each : {home, dc})
        consider(each, tl::auth::bindTempAuthKey::tl_name);
    return latest;
}

}  // namespace mtproto::core
