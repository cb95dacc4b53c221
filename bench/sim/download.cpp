// The driver of a scheduler.
#include "sim/download.hpp"

#include "rpc/backoff.hpp"

#include <utility>

namespace mtproto::sim {
namespace {

schedule::range_settings settings_of(const scenario& what, const reader_rules& reader) {
    schedule::range_settings made;
    made.file_size = reader.size;
    made.end = reader.size;
    made.read_ahead = what.budget;
    made.connections = what.connections;
    return made;
}

}  // namespace

download::download(shared with, const scenario& what, const reader_rules& reader,
                   std::unique_ptr<window::strategy> strategy)
    : shared_(with), reader_(reader) {
    machine_.emplace(settings_of(what, reader), std::move(strategy), shared_.budget, *this);
}

download::~download() = default;

void download::begin() {
    began_ = now();
    machine_->start(now());
    perform();
}

void download::wake() noexcept {
    if (std::exchange(woken_, true)) return;
    shared_.events.after({}, [this] {
        woken_ = false;
        if (!machine_) return;
        machine_->tick(now());
        perform();
    });
}

void download::answered(std::uint64_t ticket, const answer& what) {
    if (!machine_) return;
    flights_.erase(ticket);
    switch (what.what) {
        case answer::kind::part:
            machine_->part_received(now(), ticket);
            break;
        case answer::kind::flood:
            machine_->flooded(now(), ticket, what.wait);
            break;
        case answer::kind::trouble:
            machine_->part_failed(now(), ticket, schedule::part_failure::retry,
                                  now() + pause(machine_->attempts(ticket)));
            break;
    }
    perform();
}

void download::lost(int line) {
    if (!machine_) return;
    machine_->connection_lost(now(), line, now() + pause(machine_->losses(line)));
    perform();
}

void download::ready(int line) {
    if (!machine_) return;
    machine_->connection_up(now(), line, shared_.gate);
    perform();
}

duration download::pause(int failures) {
    return rpc::backoff(failures).next(shared_.random);
}

void download::perform() {
    if (std::exchange(performing_, true)) return;
    for (bool more = true; more && machine_;) {
        more = false;
        for (const schedule::action& one : machine_->take_actions()) {
            more = true;
            std::visit([this](const auto& what) { act(what); }, one);
        }
        if (machine_) read();
    }
    performing_ = false;
    if (machine_) set_alarm();
}

void download::act(const schedule::request_part& what) {
    flights_[what.id] = what.connection;
    shared_.over.ask(what.connection, *this, what.id, what.length);
}

void download::act(const schedule::drop_part& what) {
    if (const auto found = flights_.find(what.id); found != flights_.end()) {
        shared_.over.drop(found->second, *this, what.id);
        flights_.erase(found);
    }
    std::erase_if(ready_, [&](const schedule::deliver_part& one) {
        if (one.id != what.id) return false;
        ready_bytes_ -= one.length;
        return true;
    });
}

/// The line connects when it is asked for something.
void download::act(const schedule::open_connection& what) {
    shared_.events.after({}, [this, connection = what.connection] { ready(connection); });
}

/// The line lives on with the client.
void download::act(const schedule::close_connection&) {}

void download::act(const schedule::check_connection& what) {
    shared_.over.check(what.connection, *this);
}

void download::act(const schedule::deliver_part& what) {
    if (ready_.empty() && outcome_.bytes == 0 && !taken_) outcome_.first_byte = now() - began_;
    ready_.push_back(what);
    ready_bytes_ += what.length;
}

void download::act(const schedule::stalled&) {
    machine_->broken(now());
}

void download::act(const schedule::give_up&) {
    end(false);
}

void download::set_alarm() {
    const std::optional<time_point> when = machine_->wakeup(now());
    if (when && alarm_ != 0 && *when == alarm_at_) return;
    alarm_ = 0;
    if (!when) return;
    alarm_ = ++last_alarm_;
    alarm_at_ = *when;
    shared_.events.at(*when, [this, number = alarm_] {
        if (!machine_ || alarm_ != number) return;
        alarm_ = 0;
        machine_->tick(now());
        perform();
    });
}

void download::end(bool complete) {
    if (std::exchange(over_, true)) return;
    outcome_.complete = complete;
    outcome_.took = now() - began_;
    // What is still under way is dropped, as a stream that is closed does.
    for (const auto& [ticket, line] : std::exchange(flights_, {}))
        shared_.over.drop(line, *this, ticket);
    machine_.reset();
}

}  // namespace mtproto::sim
