// Whose request goes next on the lines that several downloads share.
#pragma once

#include "schedule/wakeable.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <vector>

namespace mtproto::schedule {

/// A server answers the requests of a line one after the other, so what is in flight there is a queue that
/// nothing can overtake. While several downloads use the lines of one account at one data centre, only so
/// much is in flight on each as the line needs to be busy. Who wants more is told when its turn has come, and
/// says only then for what: the download that has had the least for its weight goes first (weighted fair
/// queueing by bytes); one that begins counts as having had what the others had so far. A download that is
/// alone never waits. Pure; not thread safe; must outlive its members.
class line_turns {
  public:
    class member;
    /// One request, from when it is sent until it has ended, however it did.
    struct passage {
        int line = 0;
        std::int64_t bytes = 0;
        time_point began{};
        std::int64_t delivered_before = 0;
    };

    line_turns() = default;
    line_turns(const line_turns&) = delete;
    line_turns& operator=(const line_turns&) = delete;

    /// Bytes in flight on `line`.
    std::int64_t in_flight(int line) const noexcept;
    /// What may be in flight there while others wait.
    std::int64_t cap(int line) const noexcept;
    /// Whether it is known that `line` is up.
    bool up(int line) const noexcept;
    void set_up(int line, bool so);
    /// The lines 0 to `count` - 1, the best to begin with first: those that are up, the least busy before
    /// others. Each call begins with another one of equals, for many downloads may begin at once.
    std::vector<int> order(int count);

  private:
    struct line_state {
        bool up = false;
        std::int64_t in_flight = 0;
        std::int64_t delivered = 0;    ///< bytes in all
        double rate = 0;               ///< bytes a second, of the best that came of late
        duration shortest{0};          ///< of all answers; 0 before the first
        std::vector<member*> waiting;  ///< oldest first
    };

    line_state& at(int line);
    bool has_room(int line) const noexcept;
    member* first_waiting(int line) const noexcept;
    void wake_first(int line) const noexcept;
    void wake_firsts() const noexcept;
    void learn(const passage& from, time_point now);

    std::vector<line_state> lines_;
    int orders_ = 0;      ///< that were given out
    int busy_ = 0;        ///< members with something waiting or in flight
    double reached_ = 0;  ///< the most that a member had had when it went
};

/// One download, which numbers the lines for itself.
class line_turns::member {
  public:
    /// `who` is woken when its turn may have come. `weight`: its share beside others, at least 1. `lines`:
    /// those that serve as its connections 0, 1 and so on.
    member(line_turns& of, wakeable& who, int weight, const std::vector<int>& lines);
    /// Gives up what it waits for, and ends what is in flight.
    ~member();
    member(const member&) = delete;
    member& operator=(const member&) = delete;

    /// Whether a request for `bytes` may go over `connection` now. Told no, it waits for its turn there until
    /// settle() finds that it was not asked for again.
    bool may_go(int connection, std::int64_t bytes);
    /// One goes, also out of turn.
    passage go(int connection, std::int64_t bytes, time_point now);
    /// `answered`: over the line, so that its time tells what the line carries.
    void end(const passage& which, time_point now, bool answered) noexcept;
    /// Nothing more is wanted for now, on any line.
    void leave() noexcept;
    /// To be called after a round of may_go() and go(), with or without any: it waits no longer where it was
    /// told no turn in this round, or did not take its turn, and others are told of theirs.
    void settle() noexcept;

  private:
    friend class line_turns;

    struct place {
        int line = 0;
        std::int64_t in_flight = 0;
        bool waiting = false;
        bool refused = false;  ///< in this round
        bool changed = false;  ///< who goes next there, perhaps
    };

    double cost(std::int64_t bytes) const noexcept { return static_cast<double>(bytes) / weight_; }
    /// What it will have had: among equals a small request, as a first part is, goes before a large one.
    double due() const noexcept { return had_ + cost(wish_); }
    void begin_to(int& what) noexcept;
    void cease_to(int& what, int count) noexcept;
    void may_come_sooner_or_later() noexcept;
    void stop_waiting(place& where) noexcept;

    line_turns& all_;
    wakeable& who_;
    double weight_;
    std::vector<place> places_;
    std::int64_t wish_ = 0;  ///< bytes that it would ask for next
    double had_ = 0;         ///< bytes by weight
    int waits_ = 0;          ///< lines that it waits for
    int flies_ = 0;          ///< requests in flight
};

}  // namespace mtproto::schedule
