// Whose request goes next on the lines that several downloads share.
#pragma once

#include "schedule/wakeable.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <list>
#include <vector>

namespace mtproto::schedule {

/// A server answers the requests of a line one after the other, so what is in flight there is a queue that
/// nothing can overtake. While several downloads use the lines of one account at one data centre, only so
/// much is in flight on each as the line needs to be busy. The rest waits here, and the download that has had
/// the least for its weight goes first (weighted fair queueing by bytes); one that begins counts as having
/// had what the others had so far. A download that is alone never waits. Pure; not thread safe; must outlive
/// its members.
class line_turns {
  public:
    class member;
    class turn;

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
        std::int64_t delivered = 0;  ///< bytes in all
        double rate = 0;             ///< bytes a second, of the best that came of late
        duration shortest{0};        ///< of all answers; 0 before the first
        std::list<turn*> waiting;    ///< oldest first
    };

    line_state& at(int line);
    bool may_go(const line_state& line) const noexcept;
    void begin(turn& which, time_point now);
    void go_on(int line, time_point now);
    void learn(line_state& line, const turn& from, time_point now) const;

    std::vector<line_state> lines_;
    int orders_ = 0;      ///< that were given out
    int busy_ = 0;        ///< members with something waiting or in flight
    double reached_ = 0;  ///< the most that a member had had when it went
};

/// One download. `weight`: its share beside others, at least 1.
class line_turns::member {
  public:
    member(line_turns& of, int weight);
    member(const member&) = delete;
    member& operator=(const member&) = delete;

  private:
    friend class line_turns;

    double cost(std::int64_t bytes) const noexcept { return static_cast<double>(bytes) / weight_; }

    line_turns& all_;
    double weight_;
    double had_ = 0;  ///< bytes by weight
    int turns_ = 0;   ///< waiting or in flight
};

/// One request, from when it is ready to be sent until it has ended, however it did.
class line_turns::turn {
  public:
    /// `who` is woken when the turn has come.
    turn(member& of, int line, std::int64_t bytes, wakeable& who, time_point now);
    ~turn();
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

    bool come() const noexcept { return come_; }
    /// The request has ended, with its answer or without; before the turn has come: it is given up. Once.
    void end(time_point now, bool answered);

  private:
    friend class line_turns;

    member& of_;
    int line_;
    std::int64_t bytes_;
    wakeable& who_;
    bool come_ = false;
    bool ended_ = false;
    time_point began_{};
    std::int64_t delivered_before_ = 0;
};

}  // namespace mtproto::schedule
