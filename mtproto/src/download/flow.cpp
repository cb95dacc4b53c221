// The flow's face to the reader, and the scheduler's actions.
#include "download/flow.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace mtproto::download {
namespace {

/// A display needs no more; a report costs a callback.
constexpr duration report_interval = std::chrono::milliseconds(250);

}  // namespace

std::shared_ptr<flow> flow::make(flow_place where, const schedule::settings& how,
                                 std::unique_ptr<window::strategy> strategy, progress_callback report) {
    std::shared_ptr<flow> made(new flow(std::move(where), how, std::move(strategy), std::move(report)));
    made->machine_->start(made->now());
    made->perform();
    return made;
}

flow::flow(flow_place where, const schedule::settings& how, std::unique_ptr<window::strategy> strategy,
           progress_callback report)
    : where_(std::move(where)),
      how_(how),
      report_to_(std::move(report)),
      changed_(where_.executor),
      position_(how.begin),
      paused_(how.paused),
      version_(where_.source->version()) {
    if (where_.turns) {
        // The lines that are up and least busy serve as the first connections.
        const std::vector<int> order = where_.turns->order(where_.source->connections());
        how_.turns = &turns_.emplace(*where_.turns, *this, how_.weight, order);
    }
    if (where_.file)
        how_.at_hand = [this](const schedule::extent& what) {
            return where_.file->at_hand(this, what.offset, what.limit);
        };
    how_.connections = std::min(how_.connections, where_.source->connections());
    machine_.emplace(how_, std::move(strategy), *where_.budget, *this);
    meter_.add(now(), 0);
    reported_ = now();
}

flow::~flow() = default;

io::awaitable<outcome<std::optional<chunk>>> flow::next(std::shared_ptr<flow> self) {
    using answer = outcome<std::optional<chunk>>;
    if (self->machine_) {
        // The data goes first: reader_moved makes room, and what fills it must not come on top of it.
        if (self->taken_ != 0) self->data_.erase(std::exchange(self->taken_, 0));
        self->machine_->reader_moved(self->now(), self->position_);
        self->perform();
    }
    struct on_exit {
        flow& of;
        ~on_exit() { of.waiting_since_.reset(); }
    };
    const on_exit guard{*self};
    for (;;) {
        if (!self->machine_) co_return answer(std::nullopt);
        if (!self->ready_.empty()) co_return answer(self->take_ready());
        if (self->position_ >= self->how_.end) co_return answer(std::nullopt);
        if (self->failure_) co_return *self->failure_;
        if (self->begins_to_wait()) continue;  // who was told may have sought or closed
        if (const result<void> waited = co_await self->changed_.wait(); !waited)
            co_return failure(waited.error());
    }
}

chunk flow::take_ready() {
    const schedule::deliver_part next = ready_.front();
    ready_.pop_front();
    taken_ = next.id;
    position_ = next.offset + next.length;
    chunk made;
    made.offset = next.offset;
    made.data =
        data_.at(next.id).slice(static_cast<std::size_t>(next.skip), static_cast<std::size_t>(next.length));
    delivered_.add(next.offset, position_);
    meter_.add(now(), next.length);
    const bool waited = std::exchange(wait_, std::nullopt).has_value();
    report(now(), waited || position_ >= how_.end);
    return made;
}

void flow::seek(std::int64_t offset) {
    position_ = std::clamp<std::int64_t>(offset, 0, how_.end);
    if (!machine_) return;
    failure_.reset();
    repairs_ = 0;
    ready_.clear();  // what is still good is delivered again, the part that the reader holds included
    taken_ = 0;
    machine_->seek(now(), position_);
    perform();
    changed_.notify();
}

void flow::pause() {
    if (!machine_) return;
    paused_ = true;
    machine_->pause(now());
    perform();
}

void flow::resume() {
    if (!machine_) return;
    paused_ = false;
    if (waiting_since_) waiting_since_ = now();
    machine_->resume(now());
    perform();
}

void flow::close() noexcept {
    if (!machine_) return;
    machine_.reset();
    turns_.reset();
    for (auto& [id, one] : flights_)
        stop(where_.executor, one);
    for (auto& [line, one] : opening_)
        stop(where_.executor, one);
    stop(where_.executor, std::exchange(renewing_, nullptr));
    stop(where_.executor, std::exchange(looking_, nullptr));
    stop(where_.executor, std::exchange(alarm_, nullptr));
    stop(where_.executor, std::exchange(watch_, nullptr));
    flights_.clear();
    opening_.clear();
    data_.clear();
    ready_.clear();
    changed_.notify();
}

void flow::wake() noexcept {
    if (std::exchange(woken_, true)) return;
    io::asio::post(where_.executor, [weak = weak_from_this()] {
        const std::shared_ptr<flow> self = weak.lock();
        if (!self) return;
        self->woken_ = false;
        if (!self->machine_) return;
        self->machine_->tick(self->now());
        self->perform();
    });
}

void flow::perform() {
    // An action may lead to an event at once, whose actions the outer loop performs.
    if (std::exchange(performing_, true)) return;
    for (bool more = true; more && machine_;) {
        more = ends_at_bound();
        for (const schedule::action& one : machine_->take_actions()) {
            more = true;
            std::visit([this](const auto& what) { act(what); }, one);
        }
    }
    performing_ = false;
    if (!machine_) return;
    set_alarm();
    tell_wait(false);
}

void flow::act(const schedule::request_part& what) {
    const auto request = std::make_shared<flight>();
    request->what = what;
    flights_.emplace(what.id, request);
    launch(where_.executor, run_fetch(shared_from_this(), request), request);
}

void flow::act(const schedule::drop_part& what) {
    if (const auto found = flights_.find(what.id); found != flights_.end()) {
        const std::shared_ptr<flight> gone = std::move(found->second);
        flights_.erase(found);
        stop(where_.executor, gone);
    }
    data_.erase(what.id);
    std::erase_if(ready_, [&](const schedule::deliver_part& one) { return one.id == what.id; });
}

void flow::act(const schedule::open_connection& what) {
    open(what.connection, false);
}

void flow::act(const schedule::check_connection& what) {
    open(what.connection, true);
}

void flow::open(int line, bool check) {
    if (opening_.contains(line)) return;  // its outcome tells enough
    const auto own = std::make_shared<task>();
    opening_[line] = own;
    launch(where_.executor, run_open(shared_from_this(), own, line, check), own);
}

/// The line itself lives on with the client, ready for the next stream.
void flow::act(const schedule::close_connection&) {}

void flow::act(const schedule::deliver_part& what) {
    ready_.push_back(what);
    changed_.notify();
}

void flow::act(const schedule::look_elsewhere&) {
    if (excused() || looking_) return;
    looking_ = std::make_shared<task>();
    launch(where_.executor, run_look(shared_from_this(), looking_), looking_);
}

void flow::act(const schedule::stalled&) {
    if (excused()) return;
    if (looking_) return;  // for seconds at most; told again then
    last_failure_ = losses_.of_stall(schedule::stall_watch::patience);
    machine_->broken(now());
}

/// Whether a server has asked to wait before its lines can be opened.
bool flow::excused() {
    const std::optional<time_point> until = where_.source->announced_wait();
    if (!until || *until <= now()) return false;
    machine_->excused(now(), *until);
    return true;
}

void flow::act(const schedule::give_up&) {
    failure_ = losses_.of_end(last_failure_);
    changed_.notify();
}

void flow::set_alarm() {
    const std::optional<time_point> when = machine_->wakeup(now());
    if (alarm_ && when && *when == alarm_at_) return;
    stop(where_.executor, std::exchange(alarm_, nullptr));
    if (!when) return;
    alarm_ = std::make_shared<task>();
    alarm_at_ = *when;
    launch(where_.executor, run_alarm(shared_from_this(), alarm_, *when), alarm_);
}

void flow::report(time_point now, bool at_once) {
    if (!report_to_ || (!at_once && now - reported_ < report_interval)) return;
    reported_ = now;
    progress made;
    made.received = delivered_.count();
    made.total = how_.end - how_.begin;
    made.rate = meter_.rate();
    made.connections = machine_->connections_up();
    made.flood_waits = flood_waits_;
    made.wait = wait_;
    report_to_(made);
}

}  // namespace mtproto::download
