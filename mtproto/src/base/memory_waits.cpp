// Waits that clients of one process tell each other.
#include <mtproto/shared_waits.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace mtproto {
namespace {

class waits_in_memory final : public shared_waits, public std::enable_shared_from_this<waits_in_memory> {
  public:
    void publish(std::string_view account, const shared_wait& wait) override {
        const std::lock_guard lock(guard_);
        const time_point end = system_clock().now() + wait.left;
        time_point& until = ends_[{std::string(account), wait.kind, wait.dc}];
        if (end <= until) return;
        until = end;
        for (const follower* each : followers_)
            if (each->account == account) each->told(wait);
    }

    following follow(std::string_view account, std::function<void(const shared_wait&)> told) override {
        auto one = std::make_shared<follower>(shared_from_this(), std::string(account), std::move(told));
        const std::lock_guard lock(guard_);
        const time_point now = system_clock().now();
        std::erase_if(ends_, [&](const auto& each) { return each.second <= now; });
        for (const auto& [of, until] : ends_)
            if (of.account == account) one->told(shared_wait(of.kind, of.dc, until - now));
        followers_.push_back(one.get());
        return one;
    }

  private:
    struct key {
        std::string account;
        std::string kind;
        int dc = 0;
        friend auto operator<=>(const key&, const key&) = default;
    };
    struct follower {
        follower(std::shared_ptr<waits_in_memory> service, std::string of,
                 std::function<void(const shared_wait&)> listener)
            : in(std::move(service)), account(std::move(of)), told(std::move(listener)) {}
        follower(const follower&) = delete;
        follower& operator=(const follower&) = delete;
        ~follower() {
            const std::lock_guard lock(in->guard_);
            std::erase(in->followers_, this);
        }

        std::shared_ptr<waits_in_memory> in;
        std::string account;
        std::function<void(const shared_wait&)> told;
    };

    std::mutex guard_;  // held while a follower is told, so that its end waits for that
    std::map<key, time_point> ends_;
    std::vector<const follower*> followers_;
};

}  // namespace

std::shared_ptr<shared_waits> memory_waits() {
    return std::make_shared<waits_in_memory>();
}

}  // namespace mtproto
