// Fetching beside asking, comparing, and mending what is wrong.
#include "download/verified_source.hpp"

#include "crypto/sha.hpp"
#include "download/edge.hpp"
#include "download/trouble.hpp"
#include "schedule/part.hpp"

#include <mtproto/tl_api.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace mtproto::download {
namespace {

/// One call for hashes of Telegram's covers so much (protocol 8.4).
constexpr std::int64_t block = 1 << 20;
/// How often a wrong window is fetched again, and its hash with it: either may have been the wrong one.
constexpr int most_mends = 2;
/// Answers of the wrong length, when a window is fetched alone.
constexpr int most_misfits = 1;

std::int64_t end_of(const file_hash& window) {
    return window.offset + window.length;
}

/// Indices of the windows that `data`, which begins at `offset`, does not prove. Computes only.
std::vector<std::size_t> compare(byte_view data, std::int64_t offset, const std::vector<file_hash>& windows) {
    std::vector<crypto::sha256_job> jobs(windows.size());
    for (std::size_t i = 0; i < windows.size(); ++i)
        jobs[i].data = data.subspan(static_cast<std::size_t>(windows[i].offset - offset),
                                    static_cast<std::size_t>(windows[i].length));
    crypto::sha256_batch(jobs);
    std::vector<std::size_t> wrong;
    for (std::size_t i = 0; i < windows.size(); ++i)
        if (jobs[i].digest != windows[i].sha256) wrong.push_back(i);
    return wrong;
}

}  // namespace

verified_source::verified_source(std::shared_ptr<hashed_source> from, std::int64_t size, bool all,
                                 io::asio::any_io_executor executor, std::shared_ptr<io::workers> where)
    : from_(std::move(from)),
      size_(size),
      all_(all),
      executor_(executor),
      workers_(std::move(where)),
      asked_(executor) {}

io::awaitable<outcome<bytes>> verified_source::fetch(int line, std::int64_t offset, std::int32_t limit) {
    // What this says holds for the request that is sent right away.
    if (all_ || from_->must_be_proved()) return fetch_proved(line, offset, limit);
    return from_->fetch(line, offset, limit);
}

io::awaitable<outcome<bytes>> verified_source::fetch_proved(int line, std::int64_t offset,
                                                            std::int32_t limit) {
    using namespace boost::asio::experimental::awaitable_operators;
    const range part{offset, std::min(offset + limit, size_)};
    const bool must_be_proved = from_->must_be_proved();
    outcome<bytes> answer = failure(errc::cancelled);
    if (known_.first_gap(part.begin, part.end)) {
        outcome<void> asked;
        std::tie(answer, asked) = co_await (without_throwing(from_->fetch(line, offset, limit)) &&
                                            without_throwing(know_hashes(line, part)));
        if (answer && !asked) co_return asked.error();
    } else {
        answer = co_await from_->fetch(line, offset, limit);
    }
    if (!answer) co_return answer;
    // Of another length it is refused anyway: nothing of it may be seen.
    if (static_cast<std::int64_t>(answer->size()) != part.end - part.begin) co_return bytes();

    // Again: another part that shares a window may have found it wrong meanwhile, and asks for its hash anew.
    if (const outcome<void> known = co_await know_hashes(line, part); !known) co_return known.error();
    std::vector<file_hash> windows = known_.touching(part.begin, part.end);
    const range cover{windows.front().offset, end_of(windows.back())};
    outcome<bytes> whole = co_await widen(line, part, std::move(*answer), cover);
    if (!whole) co_return whole;
    outcome<std::vector<file_hash>> wrong = co_await wrong_ones(*whole, cover.begin, std::move(windows));
    if (!wrong) co_return wrong.error();
    if (!wrong->empty()) {
        const buffer mended = buffer::allocate(whole->size());
        std::memcpy(mended.data(), whole->data(), whole->size());
        for (const file_hash& each : *wrong) {
            const outcome<bytes> again = co_await mend(line, each, must_be_proved);
            if (!again) co_return again.error();
            std::memcpy(mended.data() + (each.offset - cover.begin), again->data(), again->size());
        }
        const std::size_t size = whole->size();
        whole = bytes(mended, 0, size);
    }
    co_return whole->slice(static_cast<std::size_t>(part.begin - cover.begin),
                           static_cast<std::size_t>(part.end - part.begin));
}

/// The time in which one part calls and others wait. When it fails, or is cancelled, they try themselves.
class verified_source::calling {
  public:
    calling(verified_source& of, std::int64_t block) : of_(of), block_(block) { of_.calls_[block_] = now_; }
    calling(const calling&) = delete;
    calling& operator=(const calling&) = delete;
    ~calling() {
        now_->over = true;
        of_.calls_.erase(block_);
        of_.asked_.notify();
    }
    /// Of a flood the others hear, instead of bringing the next one each.
    void failed(const failure& why) {
        if (judge(why).kind == trouble::flood) now_->flood = why;
    }

  private:
    verified_source& of_;
    std::int64_t block_;
    std::shared_ptr<call> now_ = std::make_shared<call>();
};

io::awaitable<outcome<void>> verified_source::know_hashes(int line, range of) {
    while (const std::optional<std::int64_t> gap = known_.first_gap(of.begin, of.end)) {
        const auto under_way = calls_.find(*gap / block);
        if (under_way == calls_.end()) {
            if (const outcome<void> done = co_await ask_hashes(line, *gap); !done) co_return done;
            continue;
        }
        const std::shared_ptr<call> others = under_way->second;
        while (!others->over)
            if (const result<void> waited = co_await asked_.wait(); !waited)
                co_return failure(waited.error());
        if (others->flood) co_return *others->flood;
    }
    co_return outcome<void>();
}

io::awaitable<outcome<void>> verified_source::ask_hashes(int line, std::int64_t gap) {
    calling here(*this, gap / block);
    // From the block's beginning on, so that one answer serves all of its parts.
    const std::int64_t begin = gap - gap % block;
    const std::int64_t offset = known_.first_gap(begin, begin + 1) ? begin : gap;
    const outcome<std::vector<file_hash>> told = co_await without_throwing(from_->hashes(line, offset));
    if (!told) {
        here.failed(told.error());
        co_return told.error();
    }
    known_.add(*told);
    if (offset == gap && known_.first_gap(gap, gap + 1)) {
        failure none(errc::bad_part, "the server has no hash for offset " + std::to_string(gap));
        none.method = tl::upload::getFileHashes::tl_name;
        co_return none;
    }
    co_return outcome<void>();
}

/// Bytes that need not begin or end where a part may.
io::awaitable<outcome<bytes>> verified_source::fetch_range(int line, range wanted) {
    const auto length = static_cast<std::size_t>(wanted.end - wanted.begin);
    const buffer made = buffer::allocate(length);
    int misfits = 0;
    std::int64_t at = schedule::align_down(wanted.begin);
    while (at < wanted.end) {
        const schedule::part_range part = schedule::part_at(at, wanted.end, size_, schedule::largest_part);
        const outcome<bytes> answer = co_await from_->fetch(line, part.offset, part.limit);
        if (!answer) co_return answer;
        if (static_cast<std::int64_t>(answer->size()) != part.length) {
            if (++misfits > most_misfits)
                co_return failure(errc::short_part, "beside a part, at offset " + std::to_string(at));
            continue;
        }
        const std::int64_t begin = std::max(at, wanted.begin);
        const std::int64_t end = std::min(at + part.length, wanted.end);
        std::memcpy(made.data() + (begin - wanted.begin), answer->data() + (begin - at),
                    static_cast<std::size_t>(end - begin));
        at = part.offset + part.length;
    }
    co_return bytes(made, 0, length);
}

/// `part` and what of its windows lies beyond it.
io::awaitable<outcome<bytes>> verified_source::widen(int line, range part, bytes data, range cover) {
    if (cover.begin == part.begin && cover.end == part.end) co_return data;
    const buffer made = buffer::allocate(static_cast<std::size_t>(cover.end - cover.begin));
    std::memcpy(made.data() + (part.begin - cover.begin), data.data(), data.size());
    for (const range& rest : {range{cover.begin, part.begin}, range{part.end, cover.end}}) {
        if (rest.begin >= rest.end) continue;
        const outcome<bytes> beside = co_await fetch_range(line, rest);
        if (!beside) co_return beside;
        std::memcpy(made.data() + (rest.begin - cover.begin), beside->data(), beside->size());
    }
    co_return bytes(made, 0, static_cast<std::size_t>(cover.end - cover.begin));
}

io::awaitable<outcome<std::vector<file_hash>>> verified_source::wrong_ones(bytes data, std::int64_t offset,
                                                                           std::vector<file_hash> windows) {
    std::vector<std::size_t> which;
    std::function<void()> job = [&] { which = compare(data, offset, windows); };
    if (workers_) {
        const result<void> done = co_await workers_->run(executor_, std::move(job));
        if (!done) co_return failure(done.error());
    } else {
        job();
    }
    std::vector<file_hash> wrong;
    wrong.reserve(which.size());
    for (const std::size_t each : which)
        wrong.push_back(windows[each]);
    co_return wrong;
}

/// The window alone, over another line, and with a hash that is asked for again.
io::awaitable<outcome<bytes>> verified_source::mend(int line, file_hash window, bool must_be_proved) {
    const range place{window.offset, end_of(window)};
    for (int i = 1; i <= most_mends; ++i) {
        const int other = (line + i) % lines();
        known_.forget(place.begin, place.end);
        if (const outcome<void> known = co_await know_hashes(other, place); !known) co_return known.error();
        const std::vector<file_hash> fresh = known_.touching(place.begin, place.end);
        if (fresh.size() != 1 || fresh.front().offset != place.begin || end_of(fresh.front()) != place.end)
            co_return failure(errc::malformed, "hashes of other windows than before");
        outcome<bytes> data = co_await fetch_range(other, place);
        if (!data) co_return data;
        const outcome<std::vector<file_hash>> wrong = co_await wrong_ones(*data, place.begin, fresh);
        if (!wrong) co_return wrong.error();
        if (wrong->empty()) co_return data;
    }
    // From where it comes now, or came at first.
    co_return from_->disproved(window.offset, must_be_proved || from_->must_be_proved());
}

}  // namespace mtproto::download
