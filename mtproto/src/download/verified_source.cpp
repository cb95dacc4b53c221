// Fetches parts beside their hashes, compares, and fetches wrong windows again.
#include "download/verified_source.hpp"

#include "crypto/sha.hpp"
#include "io/edge.hpp"
#include "schedule/part.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace mtproto::download {
namespace {

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

verified_source::verified_source(std::shared_ptr<hashed_source> from, std::shared_ptr<file_hashes> hashes,
                                 std::int64_t size, io::asio::any_io_executor executor,
                                 std::shared_ptr<io::workers> workers)
    : from_(std::move(from)),
      hashes_(std::move(hashes)),
      size_(size),
      executor_(std::move(executor)),
      workers_(std::move(workers)) {}

io::awaitable<reply<bytes>> verified_source::fetch(int connection, std::int64_t offset, std::int32_t limit) {
    using namespace boost::asio::experimental::awaitable_operators;
    const range part{offset, std::min(offset + limit, size_)};
    reply<bytes> answer = failure(errc::cancelled);
    if (hashes_->known(part.begin, part.end)) {
        answer = co_await from_->fetch(connection, offset, limit);
    } else {
        reply<void> asked;
        std::tie(answer, asked) = co_await (io::as_outcome(from_->fetch(connection, offset, limit)) &&
                                            io::as_outcome(learn_hashes(connection, part)));
        if (answer && !asked) co_return asked.error();
    }
    if (!answer) co_return answer;
    // Of another length it is refused anyway: nothing of it may be seen.
    if (static_cast<std::int64_t>(answer->size()) != part.end - part.begin) co_return bytes();

    // Again: another part that shares a window may have found it wrong meanwhile, and asks for its hash anew.
    if (const reply<void> known = co_await learn_hashes(connection, part); !known) co_return known.error();
    std::vector<file_hash> windows = hashes_->touching(part.begin, part.end);
    const range cover{windows.front().offset, end_of(windows.back())};
    reply<bytes> whole = co_await widen(connection, part, std::move(*answer), cover);
    if (!whole) co_return whole;
    outcome<std::vector<file_hash>> wrong = co_await wrong_ones(*whole, cover.begin, std::move(windows));
    if (!wrong) co_return wrong.error();
    if (!wrong->empty()) {
        const buffer mended = buffer::allocate(whole->size());
        std::memcpy(mended.data(), whole->data(), whole->size());
        for (const file_hash& each : *wrong) {
            const reply<bytes> again = co_await mend(connection, each);
            if (!again) co_return again.error();
            std::memcpy(mended.data() + (each.offset - cover.begin), again->data(), again->size());
        }
        const std::size_t size = whole->size();
        whole = bytes(mended, 0, size);
    }
    co_return whole->slice(static_cast<std::size_t>(part.begin - cover.begin),
                           static_cast<std::size_t>(part.end - part.begin));
}

io::awaitable<reply<void>> verified_source::learn_hashes(int connection, range part) {
    return hashes_->learn(*from_, connection, part.begin, part.end);
}

/// Bytes that need not begin or end where a part may.
io::awaitable<reply<bytes>> verified_source::fetch_range(int connection, range wanted) {
    const auto length = static_cast<std::size_t>(wanted.end - wanted.begin);
    const buffer made = buffer::allocate(length);
    int misfits = 0;
    std::int64_t at = schedule::align_down(wanted.begin);
    while (at < wanted.end) {
        const schedule::part_range part = schedule::part_at(at, wanted.end, size_, schedule::largest_part);
        const reply<bytes> answer = co_await from_->fetch(connection, part.offset, part.limit);
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
io::awaitable<reply<bytes>> verified_source::widen(int connection, range part, bytes data, range cover) {
    if (cover.begin == part.begin && cover.end == part.end) co_return data;
    const buffer made = buffer::allocate(static_cast<std::size_t>(cover.end - cover.begin));
    std::memcpy(made.data() + (part.begin - cover.begin), data.data(), data.size());
    for (const range& rest : {range{cover.begin, part.begin}, range{part.end, cover.end}}) {
        if (rest.begin >= rest.end) continue;
        const reply<bytes> beside = co_await fetch_range(connection, rest);
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

/// The window alone, over another connection, and with a hash that is asked for again.
io::awaitable<reply<bytes>> verified_source::mend(int connection, file_hash window) {
    const range place{window.offset, end_of(window)};
    for (int i = 1; i <= most_mends; ++i) {
        const int other = (connection + i) % from_->connections();
        hashes_->forget(place.begin, place.end);
        if (const reply<void> known = co_await learn_hashes(other, place); !known) co_return known.error();
        const std::vector<file_hash> fresh = hashes_->touching(place.begin, place.end);
        if (fresh.size() != 1 || fresh.front().offset != place.begin || end_of(fresh.front()) != place.end)
            co_return failure(errc::malformed, "hashes of other windows than before");
        reply<bytes> data = co_await fetch_range(other, place);
        if (!data) co_return data;
        const outcome<std::vector<file_hash>> wrong = co_await wrong_ones(*data, place.begin, fresh);
        if (!wrong) co_return wrong.error();
        if (wrong->empty()) co_return data;
    }
    co_return from_->disproved(window.offset);
}

}  // namespace mtproto::download
