// The public face: opens on the executor, and throws what input_queue returns.
#include "blocking/feed.hpp"
#include "blocking/input_queue.hpp"
#include "blocking/tail_input.hpp"

#include <mtproto/blocking_reader.hpp>

#include <algorithm>
#include <utility>

namespace mtproto {
namespace {

/// Where a range ends, which client::open() checks.
std::int64_t end_of(const byte_range& range, std::int64_t size) noexcept {
    const std::int64_t begin = std::clamp<std::int64_t>(range.offset, 0, size);
    return range.length < 0 || range.length > size - begin ? size : begin + range.length;
}

}  // namespace

blocking_reader::blocking_reader() noexcept = default;
blocking_reader::blocking_reader(blocking_reader&&) noexcept = default;

blocking_reader& blocking_reader::operator=(blocking_reader&& other) noexcept {
    if (this == &other) return *this;
    close();
    queue_ = std::move(other.queue_);
    size_ = std::exchange(other.size_, 0);
    return *this;
}

blocking_reader::~blocking_reader() {
    close();
}

blocking_reader::blocking_reader(media_opener& from, media file, byte_range range, stream_options options)
    : size_(file.size) {
    const boost::asio::any_io_executor executor = from.get_executor();
    const std::int64_t end = end_of(range, size_);
    const auto open = [opener = &from, file = std::move(file), range, options = std::move(options), end] {
        const auto size = static_cast<std::size_t>(std::max<std::int64_t>(file.size, 0));
        const auto tail = static_cast<std::int64_t>(std::min(options.tail, size));
        return std::make_unique<blocking::tail_input>(opener->open(file, range, options), file.size - tail,
                                                      end);
    };
    queue_ = blocking::feed(executor, range.offset, end, open);
}

blocking_reader::blocking_reader(boost::asio::any_io_executor executor, byte_stream from)
    : size_(from.size()) {
    const std::int64_t begin = from.position();
    // Shared, since a function that can be copied holds it.
    const auto stream = std::make_shared<byte_stream>(std::move(from));
    queue_ = blocking::feed(executor, begin, size_, [stream, end = size_] {
        return std::make_unique<blocking::tail_input>(std::move(*stream), end, end);
    });
}

std::size_t blocking_reader::read(byte_span into) {
    if (!queue_) throw error(failure(errc::cancelled, "the reader is closed"));
    if (queue_->would_wait_for_itself())
        throw error(failure(errc::bad_argument, "read() waits, so it must not be called on the executor"));
    const outcome<std::size_t> count = queue_->read(into);
    if (!count) throw error(count.error());
    return *count;
}

void blocking_reader::seek(std::int64_t offset) {
    if (offset < 0) throw error(failure(errc::bad_argument, "an offset must not be negative"));
    if (queue_) queue_->seek(offset);
}

std::int64_t blocking_reader::position() const {
    return queue_ ? queue_->position() : 0;
}

std::int64_t blocking_reader::size() const noexcept {
    return size_;
}

void blocking_reader::interrupt() noexcept {
    if (queue_) queue_->interrupt(true);
}

void blocking_reader::clear_interrupt() noexcept {
    if (queue_) queue_->interrupt(false);
}

void blocking_reader::close() noexcept {
    if (queue_) queue_->stop();
}

}  // namespace mtproto
