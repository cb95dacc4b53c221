// Workers that take one block after the other, and how a request that fails is asked again.
#include "download/hash_survey.hpp"

#include "download/edge.hpp"
#include "download/trouble.hpp"
#include "net/rpc_failure.hpp"
#include "rpc/backoff.hpp"
#include "schedule/stall_watch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <string_view>

namespace mtproto::download {
namespace {

/// What one answer of Telegram's covers (protocol 8.4), so that no window is asked for twice.
constexpr std::int64_t block = 1 << 20;
/// Requests under way on a line: answers are small, so that a round trip is all that they cost.
constexpr std::int64_t in_flight = 4;
/// A request that has failed so often will not get better.
constexpr int most_failures = 5;
constexpr int most_repairs = 3;
/// How often a gate is looked at which another download's probe keeps shut.
constexpr duration look_again = std::chrono::milliseconds(100);
constexpr std::string_view method = "upload.getFileHashes";

/// Passes a flood gate, and ends the probe that it may be let through as, however that goes.
/// Hashes are small: they keep no pace.
class gate_pass final : public schedule::wakeable {
  public:
    gate_pass(schedule::flood_gate& gate, time_point now)
        : gate_(gate), asked_at_(now), granted_(gate.enter(now, 0, *this)) {}
    gate_pass(const gate_pass&) = delete;
    gate_pass& operator=(const gate_pass&) = delete;
    ~gate_pass() override { end({}, false); }

    void wake() noexcept override {}
    void flooded(time_point now, duration wait) { gate_.flooded(now, wait, asked_at_, 0); }
    bool granted() const noexcept { return granted_ != schedule::flood_gate::pass::no; }
    void end(time_point now, bool answered) noexcept {
        if (granted_ == schedule::flood_gate::pass::probe) gate_.probe_ended(now, answered);
        granted_ = schedule::flood_gate::pass::no;
    }

  private:
    schedule::flood_gate& gate_;
    time_point asked_at_;
    schedule::flood_gate::pass granted_;
};

}  // namespace

hash_survey::hash_survey(core::account_connections& where, std::shared_ptr<runtime_source> source,
                         std::int64_t begin, std::int64_t end)
    : where_(where), source_(std::move(source)), begin_(begin), end_(end), next_(begin) {}

io::awaitable<outcome<std::vector<file_hash>>> hash_survey::run() {
    told_ = where_.environment().time->now();
    const auto executor = where_.environment().executor;
    const std::int64_t blocks = (end_ - begin_ + block - 1) / block + 1;
    const int workers = static_cast<int>(std::min(source_->lines() * in_flight, blocks));
    using worker = decltype(io::asio::co_spawn(executor, work(0), io::asio::deferred));
    std::vector<worker> all;
    all.reserve(static_cast<std::size_t>(workers));
    for (int i = 0; i < workers; ++i)
        all.push_back(io::asio::co_spawn(executor, work(i % source_->lines()), io::asio::deferred));
    auto together = io::asio::experimental::make_parallel_group(std::move(all));
    const auto ended =
        co_await together.async_wait(io::asio::experimental::wait_for_one_error(), io::asio::use_awaitable);
    for (const std::exception_ptr& thrown : std::get<1>(ended))
        if (thrown) std::rethrow_exception(thrown);
    if (failure_) co_return *failure_;
    co_return found();
}

io::awaitable<outcome<void>> hash_survey::work(int line) {
    while (!failure_ && next_ < end_) {
        const std::int64_t begin = next_;
        next_ = begin - begin % block + block;
        const outcome<void> done =
            co_await without_throwing(survey_block(line, begin, std::min(next_, end_)));
        if (!done && !failure_) failure_ = done.error();
    }
    co_return outcome<void>();
}

io::awaitable<outcome<void>> hash_survey::survey_block(int line, std::int64_t begin, std::int64_t end) {
    while (begin < end && !failure_) {
        const outcome<std::vector<file_hash>> told = co_await ask(line, begin);
        if (!told) co_return told.error();
        std::int64_t covered = begin;
        for (const file_hash& each : *told) {
            windows_[each.offset] = each;
            covered = std::max(covered, each.offset + each.length);
        }
        if (covered == begin) break;  // the server has none for the rest
        begin = covered;
    }
    co_return outcome<void>();
}

io::awaitable<outcome<std::vector<file_hash>>> hash_survey::ask(int line, std::int64_t offset) {
    const io::environment& here = where_.environment();
    int failures = 0;
    int repairs = 0;
    for (;;) {
        const int version = source_->version();
        outcome<std::vector<file_hash>> told = co_await without_throwing(ask_once(line, offset));
        if (told) {
            told_ = here.time->now();
            co_return told;
        }
        const verdict what = judge(told.error());
        switch (what.kind) {
            case trouble::flood:
                if (held_too_long()) co_return told;
                break;  // the gate knows until when
            case trouble::repair:
                if (++repairs > most_repairs) co_return told;
                if (const outcome<void> done = co_await source_->repair(told.error(), version); !done)
                    co_return done.error();
                break;
            case trouble::retry:
            case trouble::lost: {
                if (++failures >= most_failures || stands_still(here.time->now())) co_return told;
                const duration wait = rpc::backoff(failures - 1).next(*here.random, what.wait);
                if (const result<void> waited = co_await here.time->sleep_for(wait); !waited)
                    co_return failure(waited.error());
                break;
            }
            case trouble::fatal:
                co_return told;
        }
    }
}

io::awaitable<outcome<std::vector<file_hash>>> hash_survey::ask_once(int line, std::int64_t offset) {
    io::timers& time = *where_.environment().time;
    core::wait_list::request here(where_.waits(), method);
    for (;;) {
        if (std::optional<failure> held = held_too_long()) co_return std::move(*held);
        schedule::flood_gate& gate = source_->gate();
        gate_pass pass(gate, time.now());
        if (pass.granted()) {
            here.sent(source_->dc(), [source = source_] { return source->wait_of_lines(); });
            outcome<std::vector<file_hash>> told = co_await source_->hashes(line, offset);
            if (!told && judge(told.error()).kind == trouble::flood)
                pass.flooded(time.now(), judge(told.error()).wait);
            pass.end(time.now(), told.has_value());
            co_return told;
        }
        if (gate.not_before() > time.now()) here.held(source_->dc(), gate.not_before());
        const time_point when = std::max(gate.not_before(), time.now() + look_again);
        if (const result<void> waited = co_await time.sleep_until(when); !waited)
            co_return failure(waited.error());
    }
}

std::optional<failure> hash_survey::held_too_long() const {
    const schedule::flood_gate& gate = source_->gate();
    const time_point now = where_.environment().time->now();
    if (!gate.recovering() || now >= gate.not_before()) return std::nullopt;
    if (gate.not_before() - now <= where_.settings().max_wait) return std::nullopt;
    failure held = net::rest_of_wait(gate.not_before(), now);
    held.method = method;
    held.dc = source_->dc();
    return held;
}

/// As a download does, a minute after the last answer, besides waits that a server announced.
bool hash_survey::stands_still(time_point now) const {
    const time_point since =
        std::max({told_, source_->gate().not_before(), source_->announced_wait().value_or(told_)});
    return now - since >= schedule::stall_watch::patience;
}

std::vector<file_hash> hash_survey::found() const {
    std::vector<file_hash> made;
    std::int64_t covered = 0;
    for (const auto& [offset, each] : windows_) {
        // Windows that do not begin anew with each block may have been told in pieces that overlap.
        if (offset < covered || offset + each.length <= begin_ || offset >= end_) continue;
        made.push_back(each);
        covered = offset + each.length;
    }
    return made;
}

}  // namespace mtproto::download
