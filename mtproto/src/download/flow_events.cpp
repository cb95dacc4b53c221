// What comes back from the source, told to the scheduler.
#include "download/failure_class.hpp"
#include "download/flow.hpp"
#include "io/edge.hpp"
#include "rpc/backoff.hpp"

namespace mtproto::download {
namespace {

/// A reference that is refused straight after it was renewed will not get better.
constexpr int most_repairs = 3;

}  // namespace

io::awaitable<void> flow::run_fetch(std::shared_ptr<flow> self, std::shared_ptr<flight> request) {
    if (!request->start()) co_return;
    request->version = self->where_.source->version();
    reply<shared_answer> answer = co_await io::as_outcome(fetch(self, request->what));
    if (request->over) co_return;
    request->over = true;
    self->flights_.erase(request->what.id);
    self->fetched(*request, std::move(answer));
}

io::awaitable<reply<shared_answer>> flow::fetch(std::shared_ptr<flow> self, schedule::request_part what) {
    const std::shared_ptr<part_source> from = self->where_.source->serving();
    const int line = self->shared_line(what.connection);
    if (self->where_.file)
        co_return co_await shared_file::fetch(self->where_.file, self.get(), from, line, what.offset,
                                              what.limit);
    reply<bytes> answer = co_await from->fetch(line, what.offset, what.limit);
    if (!answer) co_return answer.error();
    shared_answer made;
    made.data = std::move(*answer);
    co_return made;
}

void flow::fetched(const flight& request, reply<shared_answer> answer) {
    follow_source();
    if (!answer) {
        const no_reply error = answer.error();
        const auto* elsewhere = std::get_if<moved>(&error);
        last_failure_ = elsewhere ? elsewhere->why : std::get<failure>(error);
        if (elsewhere)
            sent_on(request, *elsewhere);
        else
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
        machine_->part_received(now(), request.what.id, answer->own_request);
    }
    perform();
}

void flow::fetch_failed(const flight& request) {
    const schedule::ticket id = request.what.id;
    const int line = request.what.connection;
    const failure_class what = classify(last_failure_);
    losses_.add(last_failure_);
    // Each part and each line has waits of its own: one hiccup that many met is one failure to each.
    switch (what.kind) {
        case failure_kind::flood:
            ++flood_waits_;
            machine_->flooded(now(), id, what.wait);
            break;
        case failure_kind::retry:
            machine_->part_failed(
                now(), id, schedule::setback::retry,
                now() + rpc::backoff(machine_->attempts(id)).next(*where_.random, what.wait));
            break;
        case failure_kind::lost:
            set_up(line, false);
            machine_->connection_lost(now(), line,
                                      now() + rpc::backoff(machine_->losses(line)).next(*where_.random));
            break;
        case failure_kind::renew:
            needs_renewal(request);
            break;
        case failure_kind::fatal:
            machine_->part_failed(now(), id, schedule::setback::fatal, now());
            break;
    }
}

/// Another source may serve by now, whoever found that out: there other waits hold.
void flow::follow_source() {
    if (version_ == where_.source->version()) return;
    version_ = where_.source->version();
    for (int line = 0; line < how_.connections; ++line)
        if (!opening_.contains(line)) machine_->connection_up(now(), line, where_.source->gate());
}

/// Others found it out before: this one waits with them, or was only sent too early.
bool flow::is_past(const flight& request) const {
    return renewing_ || request.version != where_.source->version();
}

/// The parts under way wait until the lines pass the gate of the place that serves from now on.
void flow::sent_on(const flight& request, const moved& answer) {
    const schedule::ticket id = request.what.id;
    if (answer.why.code) losses_.add(answer.why);
    if (is_past(request)) {
        machine_->part_failed(now(), id, schedule::setback::parked, now());
        return;
    }
    // The way to a CDN and back has bounds of its own.
    const bool counts = answer.why.code == make_error_code(errc::rpc_error);
    if (counts && ++repairs_ > most_repairs) {
        machine_->part_failed(now(), id, schedule::setback::fatal, now());
        return;
    }
    machine_->hold(now());
    machine_->part_failed(now(), id, schedule::setback::parked, now());
    where_.source->follow(answer, request.version);
    follow_source();
    machine_->release(now());
}

void flow::needs_renewal(const flight& request) {
    const schedule::ticket id = request.what.id;
    if (is_past(request)) {
        machine_->part_failed(now(), id, schedule::setback::parked, now());
        return;
    }
    if (++repairs_ > most_repairs) {
        machine_->part_failed(now(), id, schedule::setback::fatal, now());
        return;
    }
    machine_->hold(now());
    machine_->part_failed(now(), id, schedule::setback::parked, now());
    renewing_ = std::make_shared<task>();
    launch(where_.executor, run_renewal(shared_from_this(), renewing_, request.version), renewing_);
}

io::awaitable<void> flow::run_renewal(std::shared_ptr<flow> self, std::shared_ptr<task> own, int version) {
    if (!own->start()) co_return;
    const outcome<void> answer = co_await io::as_outcome(self->where_.source->renew_reference(version));
    if (std::exchange(own->over, true)) co_return;
    self->renewing_.reset();
    self->renewed(answer);
}

void flow::renewed(const outcome<void>& answer) {
    if (answer) {
        follow_source();
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
    const std::shared_ptr<part_source> source = self->where_.source->serving();
    const int over = self->shared_line(line);
    io::awaitable<outcome<void>> ready = check ? source->check(over) : source->open(over);
    const outcome<void> answer = co_await io::as_outcome(std::move(ready));
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
    follow_source();
    if (answer) {
        machine_->connection_up(now(), line, where_.source->gate());
    } else {
        last_failure_ = answer.error();
        losses_.add(last_failure_);
        // Floods are waited out there, but for one that is longer than the client waits.
        const failure_kind kind = classify(last_failure_).kind;
        if (kind == failure_kind::fatal || kind == failure_kind::flood)
            machine_->broken(now(), line);
        else
            machine_->connection_lost(now(), line,
                                      now() + rpc::backoff(machine_->losses(line)).next(*where_.random));
    }
    perform();
}

io::awaitable<void> flow::run_look(std::shared_ptr<flow> self, std::shared_ptr<task> own) {
    if (!own->start()) co_return;
    const outcome<bool> elsewhere = co_await io::as_outcome(self->where_.source->look_elsewhere());
    if (std::exchange(own->over, true)) co_return;
    self->looking_.reset();
    self->follow_source();
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
