// When a connection is made again, at which address, and how many failures its requests are worth.
#pragma once

#include "net/connect_pacing.hpp"
#include "net/setbacks.hpp"
#include "rpc/backoff.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <chrono>
#include <cstddef>

namespace mtproto::net {

/// Pure: the caller brings time and randomness. An attempt ends in a setback, whether a link came of it or
/// not:
///
///     policy.attempt(now);          // not before next_attempt(now), at address(count)
///     policy.verified();            // when a packet of the server's verifies
///     policy.answered(now);         // when a request is answered
///     policy.setback(why, of, now, random);
class reconnect_policy {
  public:
    /// Requests are given up when this many attempts or links have failed under them, or since the last
    /// answer: about 2 s where no server ever answered, about 20 s where one did. With more addresses than
    /// that each is tried once.
    static constexpr int setbacks_before_first_link = 3;
    static constexpr int setbacks_after = 6;
    /// How long a data centre that answered -429 is left alone at least.
    static constexpr duration flood_pause = std::chrono::seconds(4);

    struct options {
        bool give_up_at_first_failure = false;  ///< connection_options has both
        bool fail_on_429 = false;
    };
    explicit reconnect_policy(options choice) noexcept : options_(choice) {}

    /// What a setback is judged by, besides its failure.
    struct circumstances {
        std::size_t addresses = 0;  ///< that there are
        bool key_is_gone = false;   ///< given up meanwhile: what was asked under it goes on under the next
        bool counts = true;         ///< as a failure of the requests, unless it is a flood wait
        bool wanted = true;         ///< somebody waits for the connection
    };
    struct verdict {
        int limit = 0;              ///< setbacks that a request is given up at; 0: this one does not count
        bool gives_up_all = false;  ///< the connection itself has failed too often
        bool is_flood = false;      ///< the server asked for a pause, which next_attempt holds
    };

    /// Not before `now`.
    time_point next_attempt(time_point now) const;
    /// The end of the pause that the last setback brought, if any: the pacing may want more.
    time_point pause_end() const noexcept { return pause_end_; }
    /// The index of the address that is tried now, of `count`, which is not 0.
    std::size_t address(std::size_t count) const noexcept { return next_address_ % count; }

    void attempt(time_point now);
    void verified() noexcept { ever_verified_ = true; }
    void answered(time_point now) noexcept;
    verdict setback(const failure& why, const circumstances& of, time_point now, random_source& random);
    /// Requests were given up for `why`. The next ones are tried as soon as these were, or sooner.
    void gave_up(const failure& why) noexcept;
    /// The server may be there again: no pause holds but the pacing's.
    void hurry() noexcept;
    /// Other addresses: the first of them is next.
    void addresses_changed() noexcept { next_address_ = 0; }

    /// Whether a request was answered on the link that the last attempt made.
    bool link_has_answered() const noexcept { return link_has_answered_; }
    /// To any request; the clock's beginning before the first.
    time_point last_answer() const noexcept { return last_answer_; }
    bool answered_since(time_point moment) const noexcept { return ever_verified_ && last_answer_ >= moment; }
    /// How often the connection has failed too often, and why it did so last.
    int given_up() const noexcept { return setbacks_.given_up(); }
    const failure& last_setback() const noexcept { return last_setback_; }

  private:
    void pause_after(const failure& why, const circumstances& of, time_point now, random_source& random);
    int limit_for(const failure& why, std::size_t addresses) const noexcept;

    options options_;
    connect_pacing pacing_;
    rpc::backoff backoff_;
    setbacks setbacks_;
    time_point pause_end_{};
    std::size_t next_address_ = 0;
    bool link_has_answered_ = false;
    bool ever_verified_ = false;
    time_point last_answer_{};
    failure last_setback_ = errc::connection_closed;
};

}  // namespace mtproto::net
