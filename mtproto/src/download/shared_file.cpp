// Finds the request or block that serves a reader, or sends a new one.
#include "download/shared_file.hpp"

#include "download/block_cache.hpp"
#include "io/edge.hpp"
#include "schedule/part.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mtproto::download {

/// Somebody waits for a piece; the last who goes away takes the request along.
class shared_file::waiter {
  public:
    waiter(std::shared_ptr<shared_file> file, std::shared_ptr<piece> awaited, const wish& own)
        : file_(std::move(file)), piece_(std::move(awaited)), wish_(own) {
        piece_->wishes.push_back(wish_);
    }
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;
    ~waiter() {
        std::vector<wish>& all = piece_->wishes;
        all.erase(std::find(all.begin(), all.end(), wish_));
        if (!all.empty() || piece_->over) return;
        file_->forget(piece_);
        stop(file_->executor_, piece_);
    }

  private:
    std::shared_ptr<shared_file> file_;
    std::shared_ptr<piece> piece_;
    wish wish_;
};

namespace {

/// The bytes `[begin, end)` out of pieces that follow each other.
template <class Pieces>
bytes joined(const Pieces& from, std::int64_t begin, std::int64_t end) {
    const auto count = static_cast<std::size_t>(end - begin);
    if (from.size() == 1)
        return from.front()->answer->slice(static_cast<std::size_t>(begin - from.front()->begin), count);
    buffer made = buffer::allocate(count);
    std::int64_t at = begin;
    for (const auto& one : from) {
        const std::int64_t to = std::min(end, one->end);
        std::memcpy(made.data() + (at - begin), one->answer->data() + (at - one->begin),
                    static_cast<std::size_t>(to - at));
        at = to;
    }
    return {made, 0, count};
}

}  // namespace

shared_file::shared_file(io::asio::any_io_executor executor, std::int64_t size)
    : executor_(std::move(executor)), size_(size) {}

shared_file::~shared_file() = default;

io::awaitable<reply<shared_answer>> shared_file::fetch(std::shared_ptr<shared_file> self, const void* reader,
                                                       std::shared_ptr<part_source> from, int connection,
                                                       std::int64_t offset, std::int32_t limit) {
    const std::int64_t end = std::min(offset + limit, self->size_);
    const wish own{reader, offset};
    for (;;) {
        std::vector<std::shared_ptr<piece>> pieces = self->covering(own, end);
        const bool own_request = pieces.empty();
        if (own_request) pieces.push_back(self->ask(from, connection, offset, limit));
        std::list<waiter> here;
        for (const std::shared_ptr<piece>& one : pieces)
            if (!one->over) here.emplace_back(self, one, own);
        for (const std::shared_ptr<piece>& one : pieces)
            while (!one->over)
                if (const result<void> waited = co_await one->ended.wait(); !waited)
                    co_return failure(waited.error());
        shared_answer made;
        made.own_request = own_request;
        if (std::all_of(pieces.begin(), pieces.end(), [](const auto& one) { return one->whole(); })) {
            made.data = joined(pieces, offset, end);
            if (const std::shared_ptr<block_cache> cache = self->cache_.lock()) cache->used(pieces);
            co_return made;
        }
        if (!own_request) continue;  // what failed for another may well succeed here
        const reply<bytes>& answer = pieces.front()->answer;
        if (!answer) co_return answer.error();
        made.data = *answer;
        co_return made;
    }
}

bool shared_file::at_hand(const void* reader, std::int64_t offset, std::int32_t limit) const {
    return !covering({reader, offset}, std::min(offset + limit, size_)).empty();
}

/// Pieces that together hold what `what` begins and `end` ends, in order and each going further than the one
/// before; nothing if there is a gap.
std::vector<std::shared_ptr<shared_file::piece>> shared_file::covering(const wish& what,
                                                                       std::int64_t end) const {
    std::vector<std::shared_ptr<piece>> found;
    for (std::int64_t at = what.offset; at < end;) {
        std::shared_ptr<piece> best;
        for (auto one = pieces_.lower_bound(at - schedule::largest_part);
             one != pieces_.end() && one->first <= at; ++one) {
            const piece& other = *one->second;
            const bool own = std::find(other.wishes.begin(), other.wishes.end(), what) != other.wishes.end();
            if (own || other.end <= at) continue;
            // Of two that go equally far the one that is here.
            if (!best || other.end > best->end || (other.end == best->end && other.over)) best = one->second;
        }
        if (!best) return {};
        at = best->end;
        found.push_back(std::move(best));
    }
    return found;
}

std::shared_ptr<shared_file::piece> shared_file::ask(std::shared_ptr<part_source> from, int connection,
                                                     std::int64_t offset, std::int32_t limit) {
    auto made = std::make_shared<piece>(executor_, offset, std::min(offset + limit, size_));
    pieces_.emplace(offset, made);
    launch(executor_, run(shared_from_this(), made, std::move(from), connection, limit), made);
    return made;
}

io::awaitable<void> shared_file::run(std::shared_ptr<shared_file> self, std::shared_ptr<piece> what,
                                     std::shared_ptr<part_source> from, int connection, std::int32_t limit) {
    if (!what->start()) co_return;
    reply<bytes> answer = co_await io::as_outcome(from->fetch(connection, what->begin, limit));
    if (std::exchange(what->over, true)) co_return;
    what->answer = std::move(answer);
    const std::shared_ptr<block_cache> cache = self->cache_.lock();
    if (!what->whole() || !cache || !cache->add(self, what)) self->forget(what);
    what->ended.notify();
}

void shared_file::forget(const std::shared_ptr<piece>& which) noexcept {
    const auto [first, last] = pieces_.equal_range(which->begin);
    const auto found = std::find_if(first, last, [&](const auto& one) { return one.second == which; });
    if (found != last) pieces_.erase(found);
}

void shared_file::pin(std::int64_t begin, std::int64_t end) {
    pinned_.emplace_back(begin, end);
}

void shared_file::unpin(std::int64_t begin, std::int64_t end) noexcept {
    const auto found = std::find(pinned_.begin(), pinned_.end(), std::pair(begin, end));
    if (found != pinned_.end()) pinned_.erase(found);
}

bool shared_file::is_pinned(const piece& what) const noexcept {
    return std::any_of(pinned_.begin(), pinned_.end(),
                       [&](const auto& one) { return one.first < what.end && what.begin < one.second; });
}

}  // namespace mtproto::download
