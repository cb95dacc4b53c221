// Has workers ask for one block after the other, and asks again where a request fails.
#include "download/hash_survey.hpp"

#include "download/failure_class.hpp"
#include "download/hash_list.hpp"
#include "io/edge.hpp"
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

/// Requests under way on a connection: answers are small, so that a round trip is all that they cost.
constexpr std::int64_t in_flight = 4;
/// A request that has failed so often will not get better.
constexpr int most_failures = 5;
constexpr int most_repairs = 3;
/// How often a gate is looked at which another download's probe keeps shut.
constexpr duration look_again = std::chrono::milliseconds(100);
constexpr std::string_view method = "upload.getFileHashes";

/// One request's way through a flood gate. Its destructor ends the probe that it may have been let through
/// as. Hashes are small: they keep no pace.
class gate_pass final : public schedule::wakeable {
  public:
    gate_pass(schedule::flood_gate& gate, time_point now)
        : gate_(gate), entered_(now), pass_(gate.enter(now, 0, *this)) {}
    gate_pass(const gate_pass&) = delete;
    gate_pass& operator=(const gate_pass&) = delete;
    ~gate_pass() override {
        if (pass_ != schedule::flood_gate::pass::probe) return;
        gate_.probe_ended(answered_.value_or(time_point()), answered_.has_value());
    }

    bool granted() const noexcept { return pass_ != schedule::flood_gate::pass::no; }
    void answered(time_point now) noexcept { answered_ = now; }
    void flooded(time_point now, duration wait) { gate_.flooded(now, wait, entered_, 0); }
    void wake() noexcept override {}

  private:
    schedule::flood_gate& gate_;
    time_point entered_;
    schedule::flood_gate::pass pass_;
    std::optional<time_point> answered_;
};

}  // namespace

hash_survey::hash_survey(core::account_connections& account, std::shared_ptr<file_source> source,
                         std::int64_t begin, std::int64_t end)
    : account_(account), source_(std::move(source)), begin_(begin), end_(end), next_(begin) {}

io::awaitable<outcome<std::vector<file_hash>>> hash_survey::run() {
    last_answer_ = account_.environment().time->now();
    const auto executor = account_.environment().executor;
    const std::int64_t blocks = (end_ - begin_ + hash_block - 1) / hash_block + 1;
    const int workers = static_cast<int>(std::min(source_->connections() * in_flight, blocks));
    using worker = decltype(io::asio::co_spawn(executor, work(0), io::asio::deferred));
    std::vector<worker> all;
    all.reserve(static_cast<std::size_t>(workers));
    for (int i = 0; i < workers; ++i)
        all.push_back(io::asio::co_spawn(executor, work(i % source_->connections()), io::asio::deferred));
    auto together = io::asio::experimental::make_parallel_group(std::move(all));
    const auto ended =
        co_await together.async_wait(io::asio::experimental::wait_for_one_error(), io::asio::use_awaitable);
    for (const std::exception_ptr& thrown : std::get<1>(ended))
        if (thrown) std::rethrow_exception(thrown);
    if (failure_) co_return *failure_;
    co_return found();
}

io::awaitable<outcome<void>> hash_survey::work(int connection) {
    while (!failure_ && next_ < end_) {
        const std::int64_t begin = next_;
        next_ = begin - begin % hash_block + hash_block;
        const outcome<void> done =
            co_await io::as_outcome(survey_block(connection, begin, std::min(next_, end_)));
        if (!done && !failure_) failure_ = done.error();
    }
    co_return outcome<void>();
}

io::awaitable<outcome<void>> hash_survey::survey_block(int connection, std::int64_t begin, std::int64_t end) {
    while (begin < end && !failure_) {
        const outcome<std::vector<file_hash>> told = co_await ask(connection, begin);
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

io::awaitable<outcome<std::vector<file_hash>>> hash_survey::ask(int connection, std::int64_t offset) {
    const io::environment& here = account_.environment();
    int failures = 0;
    int repairs = 0;
    for (;;) {
        const int version = source_->version();
        reply<std::vector<file_hash>> told = co_await io::as_outcome(ask_once(connection, offset));
        if (told) {
            last_answer_ = here.time->now();
            co_return std::move(*told);
        }
        const no_reply error = told.error();
        if (const auto* elsewhere = std::get_if<moved>(&error)) {
            if (++repairs > most_repairs) co_return elsewhere->why;
            source_->follow(*elsewhere, version);
            continue;
        }
        const failure& why = std::get<failure>(error);
        const failure_class found = classify(why);
        switch (found.kind) {
            case failure_kind::flood:
                if (held_too_long()) co_return why;
                break;  // the gate knows until when
            case failure_kind::renew:
                if (++repairs > most_repairs) co_return why;
                if (const outcome<void> done = co_await source_->renew_reference(version); !done)
                    co_return done.error();
                break;
            case failure_kind::retry:
            case failure_kind::lost: {
                if (++failures >= most_failures || stands_still(here.time->now())) co_return why;
                const duration wait = rpc::backoff(failures - 1).next(*here.random, found.wait);
                if (const result<void> waited = co_await here.time->sleep_for(wait); !waited)
                    co_return failure(waited.error());
                break;
            }
            case failure_kind::fatal:
                co_return why;
        }
    }
}

io::awaitable<reply<std::vector<file_hash>>> hash_survey::ask_once(int connection, std::int64_t offset) {
    io::timers& time = *account_.environment().time;
    core::wait_list::request here(account_.waits(), method);
    for (;;) {
        if (std::optional<failure> held = held_too_long()) co_return std::move(*held);
        schedule::flood_gate& gate = source_->gate();
        gate_pass pass(gate, time.now());
        if (pass.granted()) {
            const std::shared_ptr<datacentre_source> from = source_->datacentre();
            here.sent(dc(), [from] { return from->wait_of_connections(); });
            reply<std::vector<file_hash>> told = co_await from->hashes(connection, offset);
            if (told) {
                pass.answered(time.now());
                co_return told;
            }
            const no_reply error = told.error();
            if (const auto* why = std::get_if<failure>(&error))
                if (const failure_class found = classify(*why); found.kind == failure_kind::flood)
                    pass.flooded(time.now(), found.wait);
            co_return told;
        }
        if (gate.not_before() > time.now()) here.held(dc(), gate.not_before());
        const time_point when = std::max(gate.not_before(), time.now() + look_again);
        if (const result<void> waited = co_await time.sleep_until(when); !waited)
            co_return failure(waited.error());
    }
}

std::optional<failure> hash_survey::held_too_long() const {
    const schedule::flood_gate& gate = source_->gate();
    const time_point now = account_.environment().time->now();
    if (!source_->flooded(now)) return std::nullopt;
    if (gate.not_before() - now <= account_.settings().max_wait) return std::nullopt;
    failure held = net::rest_of_wait(gate.not_before(), now);
    held.method = method;
    held.dc = dc();
    return held;
}

/// As a download does, a minute after the last answer, besides waits that a server announced.
bool hash_survey::stands_still(time_point now) const {
    const time_point since = std::max(
        {last_answer_, source_->gate().not_before(), source_->announced_wait().value_or(last_answer_)});
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
