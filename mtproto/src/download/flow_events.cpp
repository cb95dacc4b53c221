// What comes back from the source, told to the scheduler.
#include "download/cdn_matter.hpp"
#include "download/edge.hpp"
#include "download/flow.hpp"
#include "download/trouble.hpp"
#include "rpc/backoff.hpp"

namespace mtproto::download {
namespace {

/// A reference that is refused straight after it was renewed will not get better.
constexpr int most_repairs = 3;

}  // namespace

io::awaitable<void> flow::run_fetch(std::shared_ptr<flow> self, std::shared_ptr<flight> request) {
    if (!request->start()) co_return;
    request->version = self->where_.source->version();
    outcome<shared_answer> answer = co_await without_throwing(bring(self, request->what));
    if (request->over) co_return;
    request->over = true;
    self->flights_.erase(request->what.id);
    self->fetched(*request, std::move(answer));
}

io::awaitable<outcome<shared_answer>> flow::bring(std::shared_ptr<flow> self, schedule::request_part what) {
    const std::shared_ptr<part_source> from = self->where_.source;
    const int line = self->shared_line(what.connection);
    if (self->where_.file)
        co_return co_await shared_file::fetch(self->where_.file, self.get(), from, line, what.offset,
                                              what.limit);
    outcome<bytes> answer = co_await from->fetch(line, what.offset, what.limit);
    if (!answer) co_return answer.error();
    shared_answer made;
    made.data = std::move(*answer);
    co_return made;
}

void flow::fetched(const flight& request, outcome<shared_answer> answer) {
    follow_repairs();
    if (!answer) {
        last_failure_ = answer.error();
        fetch_failed(request);
    } else if (answer->data.size() != static_cast<std::size_t>(request.what.length)) {
        last_failure_ = failure(errc::short_part, std::to_string(answer->data.size()) + " bytes instead of " +
                                                      std::to_string(request.what.length) + " at offset " +
                                                      std::to_string(request.what.offset));
        machine_->part_failed(now(), request.what.id, schedule::setback::wrong_length, now());
    } else {
        repairs_ = 0;
        losses_ = {};
        data_.emplace(request.what.id, std::move(answer->data));
        machine_->part_received(now(), request.what.id, answer->by_line);
    }
    perform();
}

void flow::fetch_failed(const flight& request) {
    const schedule::ticket id = request.what.id;
    const int line = request.what.connection;
    const verdict what = judge(last_failure_);
    losses_.add(last_failure_);
    // Each part and each line has waits of its own: one hiccup that many met is one failure to each.
    switch (what.kind) {
        case trouble::flood:
            ++flood_waits_;
            machine_->flooded(now(), id, what.wait);
            break;
        case trouble::retry:
            machine_->part_failed(
                now(), id, schedule::setback::retry,
                now() + rpc::backoff(machine_->attempts(id)).next(*where_.random, what.wait));
            break;
        case trouble::lost:
            set_up(line, false);
            machine_->connection_lost(now(), line,
                                      now() + rpc::backoff(machine_->losses(line)).next(*where_.random));
            break;
        case trouble::repair:
            needs_repair(request);
            break;
        case trouble::fatal:
            machine_->part_failed(now(), id, schedule::setback::fatal, now());
            break;
    }
}

/// The file may live elsewhere since a repair, whoever made it: there other waits hold.
void flow::follow_repairs() {
    if (version_ == where_.source->version()) return;
    version_ = where_.source->version();
    for (int line = 0; line < how_.connections; ++line)
        if (!opening_.contains(line)) machine_->connection_up(now(), line, where_.source->gate());
}

void flow::needs_repair(const flight& request) {
    const schedule::ticket id = request.what.id;
    if (repairing_ || request.version != where_.source->version()) {
        // Others found it out before: this one waits with them, or was only sent too early.
        machine_->part_failed(now(), id, schedule::setback::parked, now());
        return;
    }
    // The way to a CDN and back has bounds of its own.
    const bool counts = last_failure_.code.category() != cdn_category();
    if (counts && ++repairs_ > most_repairs) {
        machine_->part_failed(now(), id, schedule::setback::fatal, now());
        return;
    }
    machine_->hold(now());
    machine_->part_failed(now(), id, schedule::setback::parked, now());
    repairing_ = std::make_shared<task>();
    launch(where_.executor, run_repair(shared_from_this(), repairing_, last_failure_, request.version),
           repairing_);
}

io::awaitable<void> flow::run_repair(std::shared_ptr<flow> self, std::shared_ptr<task> own, failure why,
                                     int version) {
    if (!own->start()) co_return;
    const outcome<void> answer =
        co_await without_throwing(self->where_.source->repair(std::move(why), version));
    if (std::exchange(own->over, true)) co_return;
    self->repairing_.reset();
    self->repaired(answer);
}

void flow::repaired(const outcome<void>& answer) {
    if (answer) {
        follow_repairs();
    } else {
        last_failure_ = answer.error();
        machine_->broken(now());
    }
    machine_->release(now());
    perform();
}

io::awaitable<void> flow::run_open(std::shared_ptr<flow> self, std::shared_ptr<task> own, int line,
                                   bool check) {
    if (!own->start()) co_return;
    part_source& source = *self->where_.source;
    const int over = self->shared_line(line);
    io::awaitable<outcome<void>> ready = check ? source.check(over) : source.open(over);
    const outcome<void> answer = co_await without_throwing(std::move(ready));
    if (std::exchange(own->over, true)) co_return;
    self->opening_.erase(line);
    if (!check) self->set_up(line, answer.has_value());
    self->opened(line, answer);
}

/// Streams that begin later take lines first that are up.
void flow::set_up(int line, bool so) {
    if (where_.turns) where_.turns->set_up(shared_line(line), so);
}

void flow::opened(int line, const outcome<void>& answer) {
    follow_repairs();
    if (answer) {
        machine_->connection_up(now(), line, where_.source->gate());
    } else {
        last_failure_ = answer.error();
        losses_.add(last_failure_);
        // Floods are waited out there, but for one that is longer than the client waits.
        const trouble kind = judge(last_failure_).kind;
        if (kind == trouble::fatal || kind == trouble::flood)
            machine_->broken(now(), line);
        else
            machine_->connection_lost(now(), line,
                                      now() + rpc::backoff(machine_->losses(line)).next(*where_.random));
    }
    perform();
}

io::awaitable<void> flow::run_look(std::shared_ptr<flow> self, std::shared_ptr<task> own) {
    if (!own->start()) co_return;
    const outcome<bool> elsewhere = co_await without_throwing(self->where_.source->look_elsewhere());
    if (std::exchange(own->over, true)) co_return;
    self->looking_.reset();
    self->follow_repairs();
    if (elsewhere && *elsewhere)
        self->machine_->went_elsewhere(self->now());
    else
        self->machine_->tick(self->now());
    self->perform();
}

io::awaitable<void> flow::run_alarm(std::shared_ptr<flow> self, std::shared_ptr<task> own, time_point when) {
    if (!own->start()) co_return;
    co_await self->where_.time->sleep_until(when);
    if (std::exchange(own->over, true)) co_return;
    self->alarm_.reset();
    self->machine_->tick(self->now());
    self->perform();
}

}  // namespace mtproto::download
