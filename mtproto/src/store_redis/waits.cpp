// Flood waits in Redis: one hash an account, by the server's clock.
#include "store_redis/connection.hpp"
#include "store_redis/lease_key.hpp"

#include <mtproto/shared_waits.hpp>
#include <mtproto/store_redis.hpp>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace mtproto {
namespace {

using namespace store_redis;
using std::chrono::milliseconds;

/// KEYS: waits. ARGV: field, what is left in ms. A longer wait stands.
constexpr const char* publish_script = R"(
local time = redis.call('TIME')
local left = tonumber(ARGV[2])
local till = time[1] * 1000 + math.floor(time[2] / 1000) + left
if till > tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0) then
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', till))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(left, redis.call('PTTL', KEYS[1]))))
end
return 1)";

/// KEYS: waits. A flat list of fields and of what is left of them in ms.
constexpr const char* read_script = R"(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all, left = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  local rest = (tonumber(all[i + 1]) or 0) - now
  if rest > 0 then
    left[#left + 1] = all[i]
    left[#left + 1] = math.floor(rest)
  end
end
return left)";

constexpr duration look_again = milliseconds(250);
constexpr duration longest_wait = std::chrono::hours(24 * 14);
constexpr duration first_look = std::chrono::seconds(1);
constexpr std::size_t most_waiting = 1000;
/// What is left is told in whole milliseconds, a little apart: so much more is news.
constexpr duration news = milliseconds(100);

std::string field_of(const shared_wait& wait) {
    return std::to_string(wait.dc) + " " + wait.kind;
}

/// Nothing when the server says what no client of ours has told it.
std::optional<shared_wait> wait_of(const reply& field, const reply& left) {
    constexpr std::size_t longest_kind = 64;
    if (field.kind != reply::kind::text || left.kind != reply::kind::number) return std::nullopt;
    const char* const end = field.text.data() + field.text.size();
    int dc = 0;
    const auto [at, why] = std::from_chars(field.text.data(), end, dc);
    if (why != std::errc() || at == end || *at != ' ') return std::nullopt;
    const std::string kind(at + 1, end);
    if (dc < 0 || kind.empty() || kind.size() > longest_kind || left.number <= 0) return std::nullopt;
    if (left.number > std::chrono::duration_cast<milliseconds>(longest_wait).count()) return std::nullopt;
    return shared_wait(kind, dc, milliseconds(left.number));
}

class waits_of_redis final : public shared_waits, public std::enable_shared_from_this<waits_of_redis> {
  public:
    explicit waits_of_redis(std::unique_ptr<connection> over)
        : connection_(std::move(over)), thread_([this] { run(); }) {}
    ~waits_of_redis() override {
        {
            const std::lock_guard lock(guard_);
            stopped_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }

    void publish(std::string_view account, const shared_wait& wait) override {
        const std::lock_guard lock(guard_);
        if (wait.left <= duration::zero() || outbox_.size() >= most_waiting) return;
        outbox_.push_back({std::string(account), wait, system_clock().now() + wait.left});
        changed_.notify_all();
    }

    following follow(std::string_view account, std::function<void(const shared_wait&)> told) override;

  private:
    struct letter {
        std::string account;
        shared_wait wait;
        time_point end;
    };
    struct follower {
        std::string account;
        std::function<void(const shared_wait&)> told;
        std::map<std::string, time_point> known;  // the ends, by field; of the thread
        bool looked = false;
        std::mutex telling;  // held while `told` runs
    };
    class handle;

    void run();
    bool send();
    bool look(const std::shared_ptr<follower>& for_one);

    std::unique_ptr<connection> connection_;  // of the thread
    std::mutex guard_;                        // of all below
    std::condition_variable changed_;
    std::deque<letter> outbox_;
    std::list<std::shared_ptr<follower>> followers_;
    bool stopped_ = false;
    std::thread thread_;
};

class waits_of_redis::handle {
  public:
    handle(std::shared_ptr<waits_of_redis> in, std::shared_ptr<follower> which)
        : in_(std::move(in)), which_(std::move(which)) {}
    handle(const handle&) = delete;
    handle& operator=(const handle&) = delete;
    ~handle() {
        {
            const std::lock_guard lock(in_->guard_);
            in_->followers_.remove(which_);
        }
        const std::lock_guard telling(which_->telling);
        which_->told = nullptr;
    }

  private:
    std::shared_ptr<waits_of_redis> in_;
    std::shared_ptr<follower> which_;
};

shared_waits::following waits_of_redis::follow(std::string_view account,
                                               std::function<void(const shared_wait&)> told) {
    const auto one = std::make_shared<follower>();
    one->account = account;
    one->told = std::move(told);
    std::unique_lock lock(guard_);
    followers_.push_back(one);
    changed_.notify_all();
    changed_.wait_for(lock, first_look, [&] { return one->looked || stopped_; });
    lock.unlock();
    return std::make_shared<const handle>(shared_from_this(), one);
}

void waits_of_redis::run() {
    std::unique_lock lock(guard_);
    while (!stopped_) {
        const std::list<std::shared_ptr<follower>> all = followers_;
        lock.unlock();
        bool works = send();
        for (auto each = all.begin(); works && each != all.end(); ++each)
            works = look(*each);
        lock.lock();
        for (const std::shared_ptr<follower>& each : all)
            each->looked = true;  // as far as it goes: nobody waits for a server that is away
        changed_.notify_all();
        const auto is_news = [&] {
            return stopped_ || (works && !outbox_.empty()) ||
                   std::any_of(followers_.begin(), followers_.end(),
                               [](const auto& f) { return !f->looked; });
        };
        changed_.wait_for(lock, look_again, is_news);
    }
}

/// False while the server does not work: what is left is sent later, with what is left of it then.
bool waits_of_redis::send() {
    for (;;) {
        letter next;
        {
            const std::lock_guard lock(guard_);
            if (outbox_.empty()) return true;
            next = outbox_.front();
        }
        const auto left = std::chrono::ceil<milliseconds>(next.end - system_clock().now());
        if (left > milliseconds(0) &&
            !connection_->ask(script(publish_script, {key_of(next.account, "waits")},
                                     {field_of(next.wait), std::to_string(left.count())})))
            return false;
        const std::lock_guard lock(guard_);
        outbox_.pop_front();
    }
}

bool waits_of_redis::look(const std::shared_ptr<follower>& for_one) {
    const outcome<reply> answer =
        connection_->ask(script(read_script, {key_of(for_one->account, "waits")}, {}));
    if (!answer) return false;
    const time_point now = system_clock().now();
    std::erase_if(for_one->known, [&](const auto& each) { return each.second <= now; });
    const std::vector<reply>& list = answer->elements;
    for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
        const std::optional<shared_wait> wait = wait_of(list[i], list[i + 1]);
        if (!wait) continue;
        time_point& end = for_one->known[field_of(*wait)];
        if (now + wait->left <= end + news) continue;
        end = now + wait->left;
        const std::lock_guard telling(for_one->telling);
        if (for_one->told) for_one->told(*wait);
    }
    return true;
}

}  // namespace

std::shared_ptr<shared_waits> redis_waits(redis_options options) {
    outcome<std::unique_ptr<connection>> over = connection::make(options);
    if (!over) throw error(over.error());
    return std::make_shared<waits_of_redis>(std::move(*over));
}

}  // namespace mtproto
