// Runs what the scheduler asked for at the source, and tells the scheduler how it ended.
#include "client/wait_list.hpp"
#include "download/failure_class.hpp"
#include "download/range_download.hpp"
#include "io/edge.hpp"
#include "rpc/backoff.hpp"

#include <string>
#include <utility>
#include <variant>

namespace mtproto::download {
namespace {

/// For who shares nothing with other readers.
io::awaitable<reply<shared_answer>> fetch_alone(std::shared_ptr<part_source> from, int connection,
                                                std::int64_t offset, std::int32_t limit) {
    reply<bytes> answer = co_await from->fetch(connection, offset, limit);
    if (!answer) co_return answer.error();
    shared_answer made;
    made.data = std::move(*answer);
    co_return made;
}

/// `reader`: who asks.
io::awaitable<reply<shared_answer>> fetch(const shared_services& with, const void* reader,
                                          std::shared_ptr<part_source> from, int connection,
                                          const schedule::request_part& part) {
    if (!with.file) return fetch_alone(std::move(from), connection, part.offset, part.limit);
    return shared_file::fetch(with.file, reader, std::move(from), connection, part.offset, part.limit);
}

failure wrong_length(const schedule::request_part& part, std::size_t size) {
    return {errc::short_part, std::to_string(size) + " bytes instead of " + std::to_string(part.length) +
                                  " at offset " + std::to_string(part.offset)};
}

}  // namespace

io::awaitable<void> range_download::run_request(self_ptr self, std::shared_ptr<part_request> own) {
    if (!own->start()) co_return;
    const download_lane& at = self->lane_of(own->part.connection);
    own->version = at.source->version();
    const int connection = at.shared(schedule::number_in_lane(own->part.connection));
    reply<shared_answer> answer = co_await io::as_outcome(
        fetch(self->services_, self.get(), at.source->serving(), connection, own->part));
    if (std::exchange(own->over, true)) co_return;
    self->tasks_.requests.erase(own->part.id);
    self->follow_source(schedule::lane_of(own->part.connection));
    if (answer) {
        self->came(own->part, std::move(*answer));
    } else {
        const no_reply error = answer.error();
        if (const auto* elsewhere = std::get_if<moved>(&error))
            self->sent_on(*own, *elsewhere);
        else
            self->failed(*own, std::get<failure>(error));
    }
    self->perform();
}

void range_download::came(const schedule::request_part& part, shared_answer answer) {
    if (answer.data.size() == static_cast<std::size_t>(part.length)) {
        failures_.part_came();
        if (services_.places && answer.own_request)
            services_.places->brought(*lane_of(part.connection).source, part.length);
        chunks_.received(part.id, std::move(answer.data));
        scheduler_->part_received(now(), part.id, answer.own_request);
        return;
    }
    failures_.note(wrong_length(part, answer.data.size()));
    scheduler_->part_failed(now(), part.id, schedule::part_failure::wrong_length, now());
}

void range_download::failed(const part_request& which, const failure& why) {
    failures_.lost(why);
    const failure_class found = classify(why);
    const schedule::ticket id = which.part.id;
    // Each part and each connection has waits of its own: one hiccup that many met is one failure to each.
    switch (found.kind) {
        case failure_kind::flood:
            progress_.flooded();
            scheduler_->flooded(now(), id, found.wait);
            break;
        case failure_kind::retry:
            scheduler_->part_failed(
                now(), id, schedule::part_failure::retry,
                now() + rpc::backoff(scheduler_->attempts(id)).next(*services_.random, found.wait));
            break;
        case failure_kind::lost:
            lane_of(which.part.connection).note_up(schedule::number_in_lane(which.part.connection), false);
            connection_lost(which.part.connection);
            break;
        case failure_kind::renew:
            renew(which);
            break;
        case failure_kind::fatal:
            if (!goes_on_without(schedule::lane_of(which.part.connection), why))
                part_failed(which, schedule::part_failure::fatal);
            break;
    }
}

void range_download::part_failed(const part_request& which, schedule::part_failure how) {
    scheduler_->part_failed(now(), which.part.id, how, now());
}

void range_download::connection_lost(int connection) {
    rpc::backoff pause(scheduler_->losses(connection));
    scheduler_->connection_lost(now(), connection, now() + pause.next(*services_.random));
}

/// Another source may serve by now, whoever found that out: there other waits hold.
void range_download::follow_source(int lane) {
    download_lane& at = *lanes_.find(lane);
    if (at.version == at.source->version()) return;
    at.version = at.source->version();
    const int first = schedule::first_of_lane(lane);
    for (int connection = first; connection < first + schedule::most_connections; ++connection)
        if (!tasks_.opening.contains(connection))
            scheduler_->connection_up(now(), connection, at.source->gate());
}

/// Others found it out before: this one waits with them, or was only sent too early.
bool range_download::is_past(const part_request& which) const {
    const download_lane& at = lane_of(which.part.connection);
    return at.renewal || which.version != at.source->version();
}

/// Nothing is asked for until all connections pass the gate of the place that serves from now on.
void range_download::sent_on(const part_request& which, const moved& answer) {
    if (answer.why.code) failures_.lost(answer.why);
    if (is_past(which)) return part_failed(which, schedule::part_failure::parked);
    // The way to a CDN and back has bounds of its own.
    const bool counts = answer.why.code == make_error_code(errc::rpc_error);
    if (counts && !failures_.may_repair()) return part_failed(which, schedule::part_failure::fatal);
    const int lane = schedule::lane_of(which.part.connection);
    scheduler_->hold(now(), lane);
    part_failed(which, schedule::part_failure::parked);
    lanes_.find(lane)->source->follow(answer, which.version);
    follow_source(lane);
    scheduler_->release(now(), lane);
}

void range_download::renew(const part_request& which) {
    if (is_past(which)) return part_failed(which, schedule::part_failure::parked);
    const int lane = schedule::lane_of(which.part.connection);
    if (!failures_.may_repair()) return part_failed(which, schedule::part_failure::fatal);
    scheduler_->hold(now(), lane);
    part_failed(which, schedule::part_failure::parked);
    const auto own = lanes_.find(lane)->renewal.renew(services_.executor);
    launch(services_.executor, run_renewal(shared_from_this(), own, lane, which.version), own);
}

io::awaitable<void> range_download::run_renewal(self_ptr self, std::shared_ptr<task> own, int lane,
                                                int version) {
    if (!own->start()) co_return;
    const std::shared_ptr<source_choice> at = self->lanes_.find(lane)->source;
    const outcome<void> answer = co_await io::as_outcome(at->renew_reference(version));
    if (std::exchange(own->over, true)) co_return;
    self->lanes_.find(lane)->renewal = nullptr;
    if (answer) {
        self->follow_source(lane);
    } else {
        self->failures_.note(answer.error());
        if (!self->goes_on_without(lane, answer.error())) self->scheduler_->broken(self->now());
    }
    if (!self->scheduler_) co_return;
    self->scheduler_->release(self->now(), lane);
    self->perform();
}

io::awaitable<void> range_download::run_open(self_ptr self, std::shared_ptr<task> own, int connection,
                                             bool check) {
    if (!own->start()) co_return;
    const int number = schedule::number_in_lane(connection);
    const std::shared_ptr<part_source> from = self->lane_of(connection).source->serving();
    const int shared = self->lane_of(connection).shared(number);
    io::awaitable<outcome<void>> ready = check ? from->check(shared) : from->open(shared);
    const outcome<void> answer = co_await io::as_outcome(std::move(ready));
    if (std::exchange(own->over, true)) co_return;
    self->tasks_.opening.erase(connection);
    if (!check) self->lane_of(connection).note_up(number, answer.has_value());
    self->opened(connection, answer);
    self->perform();
}

void range_download::opened(int connection, const outcome<void>& answer) {
    const int lane = schedule::lane_of(connection);
    follow_source(lane);
    if (answer) {
        scheduler_->connection_up(now(), connection, lanes_.find(lane)->source->gate());
        return;
    }
    failures_.lost(answer.error());
    // Floods are waited out there, but for one that is longer than the client waits.
    const failure_kind kind = classify(answer.error()).kind;
    if (kind != failure_kind::fatal && kind != failure_kind::flood)
        connection_lost(connection);
    else if (!goes_on_without(lane, answer.error()))
        scheduler_->broken(now(), connection);
}

io::awaitable<void> range_download::run_look(self_ptr self, std::shared_ptr<task> own) {
    if (!own->start()) co_return;
    std::vector<std::shared_ptr<source_choice>> all;
    self->lanes_.each([&](int, const download_lane& one) { all.push_back(one.source); });
    bool any = false;
    for (const std::shared_ptr<source_choice>& one : all) {
        const outcome<bool> elsewhere = co_await io::as_outcome(one->look_elsewhere());
        if (own->over) co_return;
        any = any || (elsewhere && *elsewhere);
    }
    own->over = true;
    self->tasks_.look = nullptr;
    self->lanes_.each([&](int lane, const download_lane&) { self->follow_source(lane); });
    if (any)
        self->scheduler_->went_elsewhere(self->now());
    else
        self->scheduler_->tick(self->now());
    self->perform();
}

/// It outlives the short waits between two parts, which would cost a timer each.
io::awaitable<void> range_download::run_wait_watch(self_ptr self, std::shared_ptr<task> own) {
    if (!own->start()) co_return;
    while (self->wait_.since()) {
        const result<void> slept = co_await self->services_.time->sleep_for(core::wait_list::look_again);
        if (!slept || own->over) co_return;
        if (!self->wait_.since()) break;
        const bool lasts = self->now() - *self->wait_.since() >= core::wait_list::look_again;
        if (lasts || self->progress_.wait()) self->tell_wait(true);
        self->close_if_thrown();
        if (own->over) co_return;  // closed meanwhile
    }
    own->over = true;
    self->tasks_.wait_watch = nullptr;
}

}  // namespace mtproto::download
