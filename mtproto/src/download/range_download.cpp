// Serves the reader of a range, and performs the scheduler's actions.
#include "download/range_download.hpp"

#include "base/scope_exit.hpp"
#include "download/failure_class.hpp"
#include "net/rpc_failure.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace mtproto::download {
namespace {

/// Where others may stand in for a connection that is silent it is found out sooner.
schedule::range_settings bounded(schedule::range_settings range, const shared_services& services) {
    if (services.places) range.bounds.silence = stream_places::silence;
    return range;
}

/// Whoever looks for another place tells of its end, or of a wait.
constexpr duration stall_while_seeking = std::chrono::seconds(10);

/// The flood that holds until `until`, as the server told it: with the latest failure, or before.
failure rest_of_flood(time_point until, time_point now, const failure& latest,
                      const std::optional<wait_info>& known) {
    failure held = net::rest_of_wait(until, now);
    const bool just_now = classify(latest).kind == failure_kind::flood;
    held.method = just_now || !known ? latest.method : known->method;
    held.dc = just_now || !known ? latest.dc : known->dc;
    return held;
}

}  // namespace

std::shared_ptr<range_download> range_download::make(shared_services services,
                                                     const schedule::range_settings& range,
                                                     std::unique_ptr<window::strategy> strategy,
                                                     progress_callback report) {
    std::shared_ptr<range_download> made(
        new range_download(std::move(services), range, std::move(strategy), std::move(report)));
    if (stream_places* const places = made->services_.places.get()) {
        places->began(*made);
        for (const stream_place& each : places->present())
            made->put_lane(each);
    }
    made->scheduler_->start(made->now());
    made->perform();
    return made;
}

range_download::range_download(shared_services services, const schedule::range_settings& range,
                               std::unique_ptr<window::strategy> strategy, progress_callback report)
    : services_(std::move(services)),
      range_(bounded(range, services_)),
      changed_(services_.executor),
      chunks_(range.begin),
      progress_(std::move(report), range.end - range.begin, now()),
      wait_(range.paused),
      alarm_(services_.executor, *services_.time, [this] {
          const self_ptr self = shared_from_this();
          scheduler_->tick(now());
          perform();
      }) {
    auto first = std::make_unique<download_lane>(stream_place{services_.source, services_.queue}, *this,
                                                 range_.weight);
    range_.connections = std::min(range_.connections, first->source->connections());
    scheduler_.emplace(range_, std::move(strategy), *services_.budget, *this,
                       first->queue ? &*first->queue : nullptr, services_.file ? this : nullptr);
    lanes_.put(0, std::move(first));
    if (services_.places) drop_lane(0);
}

range_download::~range_download() {
    if (scheduler_ && services_.places) services_.places->ended(*this);
}

bool range_download::at_hand(const schedule::part_range& part) const {
    return services_.file->at_hand(this, part.offset, part.limit);
}

io::awaitable<outcome<std::optional<chunk>>> range_download::next(std::shared_ptr<range_download> self) {
    using answer = outcome<std::optional<chunk>>;
    if (self->wait_.since()) co_return failure(errc::bad_argument, "another next() waits already");
    if (self->scheduler_) {
        // The data goes first: reader_moved makes room, and what fills it must not come on top of it.
        self->chunks_.release();
        self->scheduler_->reader_moved(self->now(), self->position());
        self->perform();
    }
    const scope_exit at_end([&self] { self->wait_.end(); });
    for (;;) {
        self->throw_if_thrown();
        if (!self->scheduler_ && self->failures_.end()) co_return *self->failures_.end();
        if (!self->scheduler_) co_return answer(std::nullopt);
        if (self->chunks_.ready()) {
            answer made(self->take_chunk());
            self->throw_if_thrown();
            co_return made;
        }
        if (self->position() >= self->range_.end) co_return answer(std::nullopt);
        if (self->failures_.end()) co_return *self->failures_.end();
        if (self->begins_to_wait()) continue;  // who was told may have sought or closed
        if (const result<void> waited = co_await self->changed_.wait(); !waited)
            co_return failure(waited.error());
    }
}

chunk range_download::take_chunk() {
    chunk made = chunks_.take();
    progress_.delivered(now(), made.offset, position(), scheduler_->connections_up(),
                        position() >= range_.end);
    return made;
}

void range_download::seek(std::int64_t offset) {
    chunks_.seek(std::clamp<std::int64_t>(offset, 0, range_.end));
    if (!scheduler_) return;
    failures_.begin_anew();
    scheduler_->seek(now(), position());
    perform();
    changed_.notify();
}

void range_download::pause() {
    if (!scheduler_) return;
    wait_.pause();
    scheduler_->pause(now());
    perform();
}

void range_download::resume() {
    if (!scheduler_) return;
    wait_.resume(now());
    scheduler_->resume(now());
    perform();
}

void range_download::close() noexcept {
    if (!scheduler_) return;
    if (services_.places) services_.places->ended(*this);
    scheduler_.reset();
    lanes_.clear();
    tasks_ = {};
    alarm_.set(std::nullopt);
    chunks_.clear();
    changed_.notify();
}

void range_download::end(const failure& why) noexcept {
    close();
    failures_.end_by(why);
}

void range_download::close_if_thrown() noexcept {
    if (services_.exceptions && services_.exceptions->held()) close();
}

void range_download::throw_if_thrown() {
    close_if_thrown();
    if (services_.exceptions) services_.exceptions->throw_each_time();
}

void range_download::wake() noexcept {
    if (std::exchange(woken_, true)) return;
    io::asio::post(services_.executor, [weak = weak_from_this()] {
        const self_ptr self = weak.lock();
        if (!self) return;
        self->woken_ = false;
        if (!self->scheduler_) return;
        self->scheduler_->tick(self->now());
        self->perform();
    });
}

void range_download::perform() {
    // An action may lead to an event at once, whose actions the outer loop performs.
    if (std::exchange(performing_, true)) return;
    std::optional<time_point> look_again;
    for (bool more = true; more && scheduler_;) {
        if (services_.places) look_again = services_.places->look(*this);
        if (!scheduler_) break;
        more = ends_at_bound();
        for (const schedule::action& each : scheduler_->take_actions()) {
            more = true;
            std::visit([this](const auto& action) { act(action); }, each);
        }
    }
    performing_ = false;
    if (!scheduler_) return;
    const std::optional<time_point> due = scheduler_->wakeup(now());
    alarm_.set(due && look_again ? std::min(due, look_again) : due ? due : look_again);
    tell_wait(false);
    close_if_thrown();
}

void range_download::act(const schedule::request_part& part) {
    if (!has_lane(part.connection)) return;  // it was left since, and the part is asked for elsewhere
    const auto own = tasks_.requests[part.id].renew<part_request>(services_.executor);
    own->part = part;
    launch(services_.executor, run_request(shared_from_this(), own), own);
}

void range_download::act(const schedule::drop_part& dropped) {
    const auto stopped = tasks_.requests.extract(dropped.id);
    chunks_.drop(dropped.id);
}

void range_download::open(int connection, bool check) {
    if (!has_lane(connection)) return;
    if (tasks_.opening.contains(connection)) return;  // its outcome tells enough
    const auto own = tasks_.opening[connection].renew(services_.executor);
    launch(services_.executor, run_open(shared_from_this(), own, connection, check), own);
}

void range_download::act(const schedule::deliver_part& next) {
    chunks_.deliver(next);
    changed_.notify();
}

void range_download::act(const schedule::look_elsewhere&) {
    if (excused() || tasks_.look) return;
    const auto own = tasks_.look.renew(services_.executor);
    launch(services_.executor, run_look(shared_from_this(), own), own);
}

void range_download::act(const schedule::stalled&) {
    if (excused()) return;
    if (tasks_.look) return;  // for seconds at most; told again then
    failures_.stalled(schedule::stall_watch::patience);
    scheduler_->broken(now());
}

/// Whether a server has asked to wait before its connections can be opened.
bool range_download::excused() {
    std::optional<time_point> until = lanes_.announced_wait();
    if (services_.places && services_.places->seeking()) until = now() + stall_while_seeking;
    if (!until || *until <= now()) return false;
    scheduler_->excused(now(), *until);
    return true;
}

void range_download::act(const schedule::give_up&) {
    // Whatever it was, other places may do better.
    bool goes_on = false;
    lanes_.each(
        [&](int lane, const download_lane&) { goes_on |= goes_on_without(lane, failures_.latest()); });
    if (goes_on) return seek(position());
    failures_.give_up();
    changed_.notify();
}

/// The reader waits from here until next() returns; false when it does already. Told each second, since most
/// waits do not tell of themselves.
bool range_download::begins_to_wait() {
    if (wait_.since()) return false;
    wait_.begin(now());
    if (!progress_.wanted()) return false;
    if (!tasks_.wait_watch) {
        const auto own = tasks_.wait_watch.renew(services_.executor);
        launch(services_.executor, run_wait_watch(shared_from_this(), own), own);
    }
    tell_wait(false);
    return true;
}

void range_download::tell_wait(bool always) {
    if (!progress_.wanted() || !wait_.since() || !scheduler_ || failures_.end()) return;
    // A part under way may end it sooner than a second has gone by.
    if (!always && !tasks_.requests.empty()) return;
    std::optional<wait_info> present = wait_.present(now(), lanes_, asking());
    if (services_.places) present = services_.places->wait(std::move(present), now());
    // One that is too long is not waited for: the download ends by it, or needs nothing more.
    if (present && present->kind == wait_kind::flood && present->end && is_too_long(*present->end)) return;
    // What is no flood is found out by the watch: a request that was just cancelled would look like silence.
    if (!always && (present == progress_.wait() || (present && present->kind != wait_kind::flood))) return;
    progress_.waits(now(), std::move(present), scheduler_->connections_up());
}

bool range_download::asking() const noexcept {
    return !tasks_.requests.empty() || !tasks_.opening.empty() || lanes_.renewing();
}

bool range_download::is_too_long(time_point until) const {
    return until - now() > services_.max_wait;
}

/// Whether a flood wait has just ended the download, as it is too long.
bool range_download::ends_at_bound() {
    if (!scheduler_->wants_more() || (services_.places && services_.places->seeking())) return false;
    const std::optional<time_point> until = lanes_.flooded_until(now());
    if (!until || !is_too_long(*until)) return false;
    failures_.note(rest_of_flood(*until, now(), failures_.latest(), lanes_.wait(now())));
    scheduler_->broken(now());
    return true;
}

}  // namespace mtproto::download
