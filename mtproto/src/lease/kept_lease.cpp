// The thread of a lease: it renews, tells, and stops before others may begin.
#include "lease/kept_lease.hpp"

#include "lease/boot_clock.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::lease {
namespace {

/// A machine that sleeps stops the clock that threads wait by: looked at again after so long.
constexpr duration look_again = std::chrono::seconds(1);
/// A service that does not answer is asked again while there is time.
constexpr duration patience = std::chrono::seconds(5);

}  // namespace

outcome<std::unique_ptr<account_lease>> kept_lease::take(std::unique_ptr<service> from,
                                                         const lease_times& times) {
    const time_point asked = boot_now();
    const outcome<std::int64_t> fence = from->take();
    if (!fence) return fence.error();
    const term begun(times, asked);
    if (begun.over(boot_now())) {
        from->release();
        return failure(errc::session_file, "the lease on the account was over before it was granted");
    }
    return std::unique_ptr<account_lease>(std::make_unique<kept_lease>(std::move(from), begun, *fence));
}

kept_lease::kept_lease(std::unique_ptr<service> from, term begun, std::int64_t fence)
    : service_(std::move(from)), fence_(fence), term_(begun), thread_([this] { run(); }) {}

kept_lease::~kept_lease() {
    {
        const std::lock_guard lock(guard_);
        stopped_ = true;
    }
    stopping_.notify_all();
    thread_.join();
    service_->release();
}

time_point kept_lease::held_until() const {
    const std::lock_guard lock(guard_);
    return state_ == lease_state::lost ? time_point::min() : as_system_time(term_.held_until());
}

lease_state kept_lease::state() const {
    const std::lock_guard lock(guard_);
    return state_ != lease_state::lost && term_.over(boot_now()) ? lease_state::lost : state_;
}

void kept_lease::on_change(listener told) {
    const std::lock_guard telling(telling_);
    listener_ = std::move(told);
    failure why;
    {
        const std::lock_guard lock(guard_);
        if (state_ != lease_state::lost) return;
        why = reason_;
    }
    if (listener_) listener_(lease_state::lost, why);
}

void kept_lease::run() {
    for (;;) {
        time_point next;
        {
            const std::lock_guard lock(guard_);
            next = term_.next_renewal();
        }
        if (!sleep_until(next)) return;
        renew();
        const std::lock_guard lock(guard_);
        if (state_ == lease_state::lost) return;
    }
}

/// False when the lease is given back.
bool kept_lease::sleep_until(time_point when) {
    std::unique_lock lock(guard_);
    for (;;) {
        const duration left = when - boot_now();
        if (stopped_ || left <= duration::zero()) return !stopped_;
        stopping_.wait_for(lock, std::min(left, look_again));
    }
}

void kept_lease::renew() {
    const time_point asked = boot_now();
    time_point end;
    {
        const std::lock_guard lock(guard_);
        end = term_.held_until();
    }
    outcome<void> renewed = asked < end ? service_->renew(std::min(end, asked + patience))
                                        : outcome<void>(failure(errc::timed_out));
    if (!renewed && renewed.error().code == errc::account_in_use)
        return change(lease_state::lost, renewed.error());
    const time_point now = boot_now();
    bool over = false;
    {
        const std::lock_guard lock(guard_);
        // An answer after the end renews nothing: the account may not have been ours between.
        over = now >= end;
        if (!over && renewed) term_.renewed(asked);
        if (!over && !renewed) term_.failed(now);
    }
    if (over)
        return change(lease_state::lost,
                      failure(errc::account_in_use,
                              "the lease on the account ran out, as it could not be renewed in time"));
    change(renewed ? lease_state::held : lease_state::at_risk, renewed ? failure() : renewed.error());
}

void kept_lease::change(lease_state to, failure why) {
    const std::lock_guard telling(telling_);
    {
        const std::lock_guard lock(guard_);
        if (state_ == to) return;
        state_ = to;
        reason_ = why;
    }
    if (listener_) listener_(to, why);
}

}  // namespace mtproto::lease
