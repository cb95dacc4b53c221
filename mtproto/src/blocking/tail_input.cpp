// Reads at other places in the tail, next() everywhere else.
#include "blocking/tail_input.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::blocking {
namespace {

/// What one read brings of the tail, bytes.
constexpr std::int64_t tail_block = 256 * 1024;

}  // namespace

tail_input::tail_input(byte_stream from, std::int64_t tail, std::int64_t end)
    : from_(std::move(from)), tail_(tail), end_(end) {}

void tail_input::seek(std::int64_t offset) {
    if (offset >= tail_ && offset < end_) {
        visit_ = offset;
    } else {
        visit_.reset();
        from_.seek(offset);
    }
}

boost::asio::awaitable<std::optional<chunk>> tail_input::next() {
    return visit_ ? read_tail(*visit_) : from_.next();
}

boost::asio::awaitable<std::optional<chunk>> tail_input::read_tail(std::int64_t offset) {
    const auto wanted = static_cast<std::size_t>(std::clamp<std::int64_t>(end_ - offset, 0, tail_block));
    buffer into = buffer::allocate(wanted);
    const std::size_t count = co_await from_.read_at(offset, into.span().first(wanted));
    std::optional<chunk> made;
    if (count > 0) {
        visit_ = offset + static_cast<std::int64_t>(count);
        made.emplace();
        made->offset = offset;
        made->data = bytes(std::move(into), 0, count);
    }
    co_return made;
}

}  // namespace mtproto::blocking
