// Weighted fair queueing: whose request goes next over the connections that several downloads share.
#pragma once

#include "schedule/wakeable.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <vector>

namespace mtproto::schedule {

/// A server answers the requests of a connection one after the other, so what is in flight there is a queue
/// that nothing can overtake. While several downloads use the connections of one account at one data centre,
/// only so much is in flight on each as the connection needs to be busy. A download that wants more is told
/// when its turn has come, and says only then for what. The download that has had the least for its weight
/// goes first, by bytes; one that begins counts as having had what the others had so far. A download that is
/// alone never waits. Pure; not thread safe; must outlive its flows.
class fair_queue {
  public:
    class flow;
    /// One request, from when it is sent until it has ended, however it did.
    struct grant {
        int connection = 0;
        std::int64_t bytes = 0;
        time_point began{};
        std::int64_t delivered_before = 0;
    };

    fair_queue() = default;
    fair_queue(const fair_queue&) = delete;
    fair_queue& operator=(const fair_queue&) = delete;

    /// Bytes in flight on `connection`.
    std::int64_t in_flight(int connection) const noexcept;
    /// Bytes that may be in flight there while others wait.
    std::int64_t cap(int connection) const noexcept;
    /// Whether it is known that `connection` is up.
    bool up(int connection) const noexcept;
    void set_up(int connection, bool so);
    /// The connections 0 to `count` - 1, the best to begin with first: those that are up, the least busy
    /// before others. Each call begins with another one of equals, for many downloads may begin at once.
    std::vector<int> order(int count);

  private:
    struct connection_state {
        bool up = false;
        std::int64_t in_flight = 0;
        std::int64_t delivered = 0;  ///< bytes in all
        double rate = 0;             ///< bytes a second, of the best that came of late
        duration shortest{0};        ///< of all answers; 0 before the first
        std::vector<flow*> waiting;  ///< oldest first
    };

    connection_state& at(int connection);
    bool has_room(int connection) const noexcept;
    flow* first_waiting(int connection) const noexcept;
    void wake_first(int connection) const noexcept;
    void wake_firsts() const noexcept;
    void learn(const grant& from, time_point now);

    std::vector<connection_state> connections_;
    int orders_ = 0;      ///< that were given out
    int busy_ = 0;        ///< flows with something waiting or in flight
    double reached_ = 0;  ///< the most that a flow had had when it went
};

/// One download, which numbers the connections for itself.
class fair_queue::flow {
  public:
    /// `who` is woken when its turn may have come. `weight`: its share beside others, at least 1. `shared`:
    /// the queue's connections that serve as its own 0, 1 and so on.
    flow(fair_queue& of, wakeable& who, int weight, const std::vector<int>& shared);
    /// Gives up its waits, and ends all that is in flight.
    ~flow();
    flow(const flow&) = delete;
    flow& operator=(const flow&) = delete;

    /// The queue's number of its own `connection`.
    int shared(int connection) const { return places_[static_cast<std::size_t>(connection)].connection; }
    /// Whether a request for `bytes` may go over its own `connection` now. Told no, it waits for its turn
    /// there until settle() finds that it was not asked for again.
    bool may_go(int connection, std::int64_t bytes);
    /// One goes, also out of turn.
    grant go(int connection, std::int64_t bytes, time_point now);
    /// `answered`: over the connection, so that its time tells what the connection carries.
    void end(const grant& which, time_point now, bool answered) noexcept;
    /// Nothing more is wanted for now, on any connection.
    void leave() noexcept;
    /// To be called after a round of may_go() and go(), with or without any: it waits no longer where it was
    /// told no turn in this round, or did not take its turn, and others are told of theirs.
    void settle() noexcept;

  private:
    friend class fair_queue;

    struct place {
        int connection = 0;
        std::int64_t in_flight = 0;
        bool waiting = false;
        bool refused = false;  ///< in this round
        bool changed = false;  ///< who goes next there, perhaps
    };

    double cost(std::int64_t bytes) const noexcept { return static_cast<double>(bytes) / weight_; }
    /// Bytes by weight with its next request: among equals a small one, as a first part is, goes before a
    /// large one.
    double due() const noexcept { return had_ + cost(wish_); }
    void begin_to(int& count) noexcept;
    void cease_to(int& count, int by) noexcept;
    void mark_changed() noexcept;
    void stop_waiting(place& at) noexcept;

    fair_queue& queue_;
    wakeable& owner_;
    double weight_;
    std::vector<place> places_;
    std::int64_t wish_ = 0;  ///< bytes that it would ask for next
    double had_ = 0;         ///< bytes by weight
    int waits_ = 0;          ///< connections that it waits for
    int in_flight_ = 0;      ///< requests
};

}  // namespace mtproto::schedule
