// Leases: their times, the thread that keeps one, and locks on files.
#include "lease/kept_lease.hpp"

#include "lease/boot_clock.hpp"

#include <mtproto/account_lease.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

time_point at(duration since) {
    return time_point(since);
}

/// A service that does as it is told, and what it was asked.
struct script {
    std::mutex guard;
    outcome<std::int64_t> taken = std::int64_t{7};
    std::vector<outcome<void>> renewals;  // from the first on; the last one again and again
    duration takes_time{};
    int asked = 0;
    bool released = false;
};

class scripted_service final : public lease::service {
  public:
    explicit scripted_service(std::shared_ptr<script> by) : by_(std::move(by)) {}

    outcome<std::int64_t> take() override {
        std::this_thread::sleep_for(by_->takes_time);
        return by_->taken;
    }
    outcome<void> renew(time_point deadline) override {
        CHECK(deadline >= lease::boot_now());
        const std::lock_guard lock(by_->guard);
        const auto number = static_cast<std::size_t>(by_->asked++);
        if (by_->renewals.empty()) return {};
        return by_->renewals[std::min(number, by_->renewals.size() - 1)];
    }
    void release() noexcept override { by_->released = true; }

  private:
    std::shared_ptr<script> by_;
};

/// What a listener heard, in order.
class heard {
  public:
    account_lease::listener listener() {
        return [this](lease_state state, const failure& why) {
            const std::lock_guard lock(guard_);
            states_.push_back(state);
            last_ = why;
            more_.notify_all();
        };
    }
    /// Waits for so many.
    std::vector<lease_state> first(std::size_t count) {
        std::unique_lock lock(guard_);
        more_.wait_for(lock, 20s, [&] { return states_.size() >= count; });
        return states_;
    }
    failure last() {
        const std::lock_guard lock(guard_);
        return last_;
    }

  private:
    std::mutex guard_;
    std::condition_variable more_;
    std::vector<lease_state> states_;
    failure last_;
};

lease_times short_times(duration ttl) {
    return lease_times(ttl);
}

const outcome<void> away = failure(errc::session_file, "the service is away");

}  // namespace

TEST_CASE("a lease counts from when it was asked for, and its holder stops before it ends") {
    const lease_times times(30s);
    lease::term one(times, at(100s));
    CHECK(one.held_until() == at(127s));
    CHECK(one.next_renewal() == at(110s));
    CHECK_FALSE(one.over(at(127s) - 1ns));
    CHECK(one.over(at(127s)));
    one.renewed(at(110s));
    CHECK(one.held_until() == at(137s));
    CHECK(one.next_renewal() == at(120s));
}

TEST_CASE("a renewal that fails is tried again soon, until the end and not after it") {
    lease::term one(lease_times(30s), at(0s));
    CHECK_FALSE(one.at_risk());
    one.failed(at(10s));
    CHECK(one.at_risk());
    CHECK(one.next_renewal() == at(11s));
    CHECK(one.held_until() == at(27s));
    one.failed(at(26s + 500ms));
    CHECK(one.next_renewal() == at(27s));
    one.renewed(at(26s + 600ms));
    CHECK_FALSE(one.at_risk());
    CHECK(one.held_until() == at(53s + 600ms));
}

TEST_CASE("a lease is renewed for as long as it lives, and given back") {
    const auto by = std::make_shared<script>();
    {
        const auto kept = lease::kept_lease::take(std::make_unique<scripted_service>(by), short_times(60ms));
        REQUIRE(kept.has_value());
        CHECK((*kept)->fence() == 7);
        std::this_thread::sleep_for(300ms);
        CHECK((*kept)->state() == lease_state::held);
        CHECK((*kept)->held_until() > system_clock().now());
        CHECK_FALSE(by->released);
    }
    CHECK(by->asked >= 4);
    CHECK(by->released);
}

TEST_CASE("one that another has is not taken, and the reason comes out") {
    const auto by = std::make_shared<script>();
    by->taken = failure(errc::account_in_use, "another has it");
    const auto kept = lease::kept_lease::take(std::make_unique<scripted_service>(by), short_times(60ms));
    REQUIRE_FALSE(kept.has_value());
    CHECK(kept.error().detail == "another has it");
    CHECK_FALSE(by->released);
}

TEST_CASE("one that is granted after its own end is given back") {
    const auto by = std::make_shared<script>();
    by->takes_time = 80ms;
    const auto kept = lease::kept_lease::take(std::make_unique<scripted_service>(by), short_times(60ms));
    CHECK_FALSE(kept.has_value());
    CHECK(by->released);
}

TEST_CASE("a service that is away is a risk, and no loss when it comes back in time") {
    const auto by = std::make_shared<script>();
    by->renewals = {away, away, outcome<void>()};
    heard all;
    const auto kept = lease::kept_lease::take(std::make_unique<scripted_service>(by), short_times(3s));
    REQUIRE(kept.has_value());
    (*kept)->on_change(all.listener());
    CHECK(all.first(2) == std::vector{lease_state::at_risk, lease_state::held});
    CHECK((*kept)->state() == lease_state::held);
    (*kept)->on_change({});
}

TEST_CASE("a service that stays away ends the lease before others may begin, and says so once") {
    const auto by = std::make_shared<script>();
    by->renewals = {away};
    heard all;
    const time_point begun = system_clock().now();
    const auto kept = lease::kept_lease::take(std::make_unique<scripted_service>(by), short_times(600ms));
    REQUIRE(kept.has_value());
    (*kept)->on_change(all.listener());
    CHECK(all.first(2) == std::vector{lease_state::at_risk, lease_state::lost});
    CHECK(system_clock().now() - begun < 600ms + 200ms);  // the margin, and a busy machine
    CHECK(all.last().code == errc::account_in_use);
    CHECK((*kept)->state() == lease_state::lost);
    CHECK((*kept)->held_until() < system_clock().now());
    heard late;
    (*kept)->on_change(late.listener());
    CHECK(late.first(1) == std::vector{lease_state::lost});
}

TEST_CASE("one that became another's is lost at once") {
    const auto by = std::make_shared<script>();
    by->renewals = {failure(errc::account_in_use, "taken over")};
    heard all;
    const auto kept = lease::kept_lease::take(std::make_unique<scripted_service>(by), short_times(900ms));
    REQUIRE(kept.has_value());
    (*kept)->on_change(all.listener());
    CHECK(all.first(1) == std::vector{lease_state::lost});
    CHECK(all.last().detail == "taken over");
    std::this_thread::sleep_for(50ms);
    CHECK(by->asked == 1);
}

TEST_CASE("the clock of leases has a name and goes forward with that of the system") {
    CHECK_FALSE(lease::boot_clock_name().empty());
    CHECK(lease::boot_clock_name() == lease::boot_clock_name());
    const time_point ahead = lease::as_system_time(lease::boot_now() + 10s);
    CHECK(ahead > system_clock().now() + 9s);
    CHECK(ahead < system_clock().now() + 11s);
    CHECK(lease::as_system_time(time_point::max()) == time_point::max());
}

TEST_CASE("a lease by a file is held by one, and ends with its process") {
    std::string name = (fs::temp_directory_path() / "mtproto-lease-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    const auto leases = file_leases(fs::path(name) / "leases");
    auto one = leases->take("me");
    REQUIRE(one.has_value());
    CHECK((*one)->held_until() == time_point::max());
    CHECK((*one)->state() == lease_state::held);
    CHECK(leases->take("me").error().code == errc::account_in_use);
    CHECK(leases->take("other").has_value());
    CHECK(file_leases(fs::path(name) / "leases")->take("me").error().code == errc::account_in_use);
    one->reset();
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(leases->take("me").has_value() ? 0 : 1);
    int how = 1;
    REQUIRE(::waitpid(child, &how, 0) == child);
    CHECK(how == 0);
    CHECK(leases->take("me").has_value());
    for (const char* wrong : {"", ".", "..", ".x", "a/b"})
        CHECK(leases->take(wrong).error().code == errc::bad_argument);
    fs::remove_all(name);
}
