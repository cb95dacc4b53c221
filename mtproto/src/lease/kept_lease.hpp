// A lease that a thread renews, whatever service keeps it.
#pragma once

#include "lease/term.hpp"

#include <mtproto/account_lease.hpp>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

namespace mtproto::lease {

/// One account's lease as its service knows it: under a token of ours. Used by one thread at a time.
class service {
  public:
    virtual ~service() = default;
    /// The fence. Errors: errc::account_in_use, errc::session_file.
    virtual outcome<std::int64_t> take() = 0;
    /// Comes back by `deadline`, of boot_now(). errc::account_in_use: it is another's. Another error: not
    /// known, to be tried again.
    virtual outcome<void> renew(time_point deadline) = 0;
    /// What is ours of it ends, if the service can be reached.
    virtual void release() noexcept = 0;
};

/// Renews and tells; the service and the term are its thread's. Its clock is boot_now().
class kept_lease final : public account_lease {
  public:
    static outcome<std::unique_ptr<account_lease>> take(std::unique_ptr<service> from,
                                                        const lease_times& times);

    kept_lease(std::unique_ptr<service> from, term begun, std::int64_t fence);
    ~kept_lease() override;
    kept_lease(const kept_lease&) = delete;
    kept_lease& operator=(const kept_lease&) = delete;

    time_point held_until() const override;
    lease_state state() const override;
    std::int64_t fence() const override { return fence_; }
    void on_change(listener told) override;

  private:
    void run();
    bool sleep_until(time_point when);
    void renew();
    void change(lease_state to, failure why);

    const std::unique_ptr<service> service_;
    const std::int64_t fence_;

    mutable std::mutex guard_;  // of all below
    term term_;
    lease_state state_ = lease_state::held;
    failure reason_;  // of the state, when it is not held
    bool stopped_ = false;
    std::condition_variable stopping_;

    std::mutex telling_;  // held while the listener runs; taken before guard_
    listener listener_;
    std::thread thread_;
};

}  // namespace mtproto::lease
