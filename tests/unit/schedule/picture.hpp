// A scheduler driven by hand, and its parts drawn as text.
#pragma once

#include "schedule/scheduler.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace schedule_test {

using namespace mtproto;
using namespace mtproto::schedule;
using namespace std::chrono_literals;

inline constexpr std::int64_t cell = 64 * 1024;

/// Whoever else uses what downloads share.
class nobody final : public wakeable {
  public:
    void wake() noexcept override { ++wakes; }
    int wakes = 0;
};

/// Parts of one cell each. What drawn() shows, a character a cell:
///   .  not asked for      0-9  under way on that connection      x  asked for before, now not
///   #  here, not yet in order      =  delivered      -  consumed
class picture final : public wakeable, public cache_view {
  public:
    struct options {
        options() {}
        int cells = 12;
        int in_flight = 2;
        int connections = 2;
        std::int64_t read_ahead_cells = 100;
        std::int64_t begin = 0;
        std::int64_t end = -1;
        byte_budget* budget = nullptr;
        flood_gate* gate = nullptr;
        fair_queue* queue = nullptr;  ///< its connections are the queue's 0, 1 and so on
        std::function<bool(const part_range&)> at_hand;
        std::function<std::unique_ptr<window::strategy>()> strategy;  ///< instead of the sliding window
        bool up = true;  ///< connections come up as soon as they are asked for; later: comes_up()
    };

    explicit picture(options how = {})
        : how_(how),
          gate_(how.gate ? how.gate : &own_gate_),
          cells_(static_cast<std::size_t>(how.cells), '.') {
        range_settings s;
        s.file_size = how.cells * cell;
        s.begin = how.begin;
        s.end = how.end < 0 ? s.file_size : how.end;
        s.read_ahead = how.read_ahead_cells * cell;
        s.first_part = static_cast<std::int32_t>(cell);
        if (how.queue) {
            std::vector<int> shared(most_connections);
            std::iota(shared.begin(), shared.end(), 0);
            flow_.emplace(*how.queue, *this, usual_weight, shared);
        }
        machine = std::make_unique<scheduler>(
            s,
            how.strategy ? how.strategy()
                         : window::sliding(how.in_flight, how.connections, static_cast<std::int32_t>(cell)),
            how.budget ? *how.budget : own_budget_, *this, flow_ ? &*flow_ : nullptr, this);
        for (std::int64_t i = 0; i < how.begin / cell; ++i)
            cells_[static_cast<std::size_t>(i)] = ' ';
        machine->start(now);
        perform();
    }

    ~picture() override { machine.reset(); }  // before the budget and the gate

    std::string drawn() const { return cells_; }
    /// Lets time pass, with a tick at the end.
    std::string pass(duration time) {
        now += time;
        machine->tick(now);
        return perform();
    }
    std::string up(int connection) {
        machine->connection_up(now, connection, *gate_);
        return perform();
    }
    std::string lost(int connection, duration retry_in = 0s) {
        machine->connection_lost(now, connection, now + retry_in);
        return perform();
    }
    std::string got(int at) {
        const ticket id = under_way(at);
        cells_[index(at)] = '#';
        tickets_[id].here = true;
        machine->part_received(now, id);
        return perform();
    }
    /// The first request's answer, of a part that was asked for twice.
    std::string first_got(int at) {
        const ticket id = request_for(at, true);
        cells_[index(at)] = '#';
        tickets_[id].here = true;
        machine->part_received(now, id);
        return perform();
    }
    std::string failed(int at, part_failure how, duration retry_in = 0s) {
        const ticket id = under_way(at);
        machine->part_failed(now, id, how, now + retry_in);
        return again(id);
    }
    std::string flooded(int at, duration wait) {
        const ticket id = under_way(at);
        machine->flooded(now, id, wait);
        return again(id);
    }
    /// The reader has consumed all before this cell.
    std::string read_to(int at) {
        for (std::size_t i = 0; i < index(at); ++i)
            if (cells_[i] == '=') cells_[i] = '-';
        machine->reader_moved(now, at * cell);
        return perform();
    }
    std::string seek(int at) {
        for (char& one : cells_)
            if (one == '=') one = '#';
        machine->seek(now, at * cell);
        return perform();
    }
    /// Cannot be opened, and no other try would change that.
    std::string never_opens(int connection) {
        opening_[connection] = false;
        machine->broken(now, connection);
        return perform();
    }
    std::string hold() {
        held_ = true;
        machine->hold(now);
        return perform();
    }
    std::string release() {
        held_ = false;
        machine->release(now);
        return perform();
    }
    std::string pause() {
        machine->pause(now);
        return perform();
    }
    std::string resume() {
        machine->resume(now);
        return perform();
    }
    void comes_up(bool so) { how_.up = so; }
    /// A server asks to wait until then, which no gate knows.
    void excuse(time_point until) { excused_until_ = until; }
    /// What was asked of connections since the last call: "+0 +1 -1 ?0 @ # !", where ? is a check, @ a look
    /// for other addresses, # a stall and ! the end by a failure.
    std::string doings() { return std::exchange(doings_, {}); }

    /// The newest request for a part.
    ticket under_way(int at) const { return request_for(at, false); }
    int under_way_in_all() const {
        return static_cast<int>(std::count_if(tickets_.begin(), tickets_.end(),
                                              [](const auto& one) { return !one.second.here; }));
    }

    void wake() noexcept override { ++wakes; }
    bool at_hand(const part_range& range) const override { return how_.at_hand && how_.at_hand(range); }

  private:
    std::optional<fair_queue::flow> flow_;

  public:
    std::unique_ptr<scheduler> machine;
    time_point now{1h};
    int wakes = 0;
    int requests = 0;

  private:
    struct request {
        std::int64_t at = 0;
        int connection = 0;
        bool here = false;
    };

    ticket request_for(int at, bool oldest) const {
        ticket found = 0;
        for (const auto& [id, one] : tickets_)
            if (one.at == at && !one.here && (found == 0 || !oldest)) found = id;
        if (found == 0) throw std::logic_error("no request for cell " + std::to_string(at) + " in " + cells_);
        return found;
    }

    static std::size_t index(std::int64_t at) { return static_cast<std::size_t>(at); }

    /// One request for a part has ended without data.
    std::string again(ticket ended) {
        forget(ended);
        return perform();
    }

    /// What is left of the part that this request, or its data, belonged to.
    void forget(ticket id) {
        const request gone = tickets_.at(id);
        tickets_.erase(id);
        char& drawn = cells_[index(gone.at)];
        if (!gone.here && (drawn == '#' || drawn == '=')) return;
        drawn = 'x';
        for (const auto& [other, one] : tickets_)
            if (one.at == gone.at && !one.here) drawn = digit(one.connection);
    }

    static char digit(int connection) { return static_cast<char>('0' + connection); }

    std::string perform() {
        bool more = true;
        while (more) {
            more = false;
            for (const action& one : machine->take_actions()) {
                more = true;
                std::visit([this](const auto& what) { act(what); }, one);
            }
            if (how_.up) open_all();
        }
        return cells_;
    }

    /// Those that open together are up before the next part is asked for.
    void open_all() {
        if (!held_) machine->hold(now);
        for (int c = 0; c < most_connections; ++c)
            if (std::exchange(opening_[c], false)) machine->connection_up(now, c, *gate_);
        if (!held_) machine->release(now);
    }

    void act(const request_part& what) {
        ++requests;
        tickets_[what.id] = {what.offset / cell, what.connection};
        cells_[index(what.offset / cell)] = digit(what.connection);
    }
    void act(const drop_part& what) { forget(what.id); }
    void act(const open_connection& what) {
        doings_ += "+" + std::to_string(what.connection) + " ";
        opening_[what.connection] = true;
    }
    void act(const close_connection& what) { doings_ += "-" + std::to_string(what.connection) + " "; }
    /// Found alive, unless connections do not come up by themselves.
    void act(const check_connection& what) {
        doings_ += "?" + std::to_string(what.connection) + " ";
        opening_[what.connection] = true;
    }
    void act(const deliver_part& what) { cells_[index(tickets_.at(what.id).at)] = '='; }
    void act(const look_elsewhere&) { doings_ += "@ "; }
    void act(const stalled&) {
        doings_ += "# ";
        if (excused_until_ > now)
            machine->excused(now, excused_until_);
        else
            machine->broken(now);
    }
    void act(const give_up&) { doings_ += "!"; }

    options how_;
    byte_budget own_budget_{1 << 30};
    flood_gate own_gate_;
    flood_gate* gate_;
    std::string cells_;
    std::map<ticket, request> tickets_;  ///< under way, or here
    bool opening_[most_connections] = {};
    bool held_ = false;
    time_point excused_until_{};
    std::string doings_;
};

}  // namespace schedule_test
