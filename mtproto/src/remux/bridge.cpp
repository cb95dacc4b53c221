// The queues between the two sides.
#include "remux/bridge.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace mtproto::remux {

bridge::bridge(const io::asio::any_io_executor& executor, std::int64_t input_size)
    : input_size_(input_size), executor_(executor), event_(executor) {}

result<std::size_t> bridge::read(byte_span into) {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (stopped_ || read_refused_) return errc::cancelled;
        if (!ready_.empty() || input_ended_ || into.empty()) break;
        if (input_failure_) {  // what came before it has been read
            read_refused_ = true;
            return errc::cancelled;
        }
        ring();
        worker_.wait(lock);
    }
    std::size_t filled = 0;
    while (filled < into.size() && !ready_.empty()) {
        bytes& front = ready_.front();
        const std::size_t count = std::min(front.size(), into.size() - filled);
        std::memcpy(into.data() + filled, front.data(), count);
        filled += count;
        if (count == front.size())
            ready_.pop_front();
        else
            front = front.slice(count);
    }
    ready_bytes_ -= filled;
    position_ += static_cast<std::int64_t>(filled);
    ring();
    return filled;
}

void bridge::seek(std::int64_t offset) {
    const std::lock_guard lock(mutex_);
    if (offset == position_) return;
    const std::int64_t forward = offset - position_;
    position_ = offset;
    if (forward > 0 && forward <= static_cast<std::int64_t>(ready_bytes_)) {
        auto skip = static_cast<std::size_t>(forward);
        ready_bytes_ -= skip;
        while (skip > 0) {
            bytes& front = ready_.front();
            const std::size_t count = std::min(front.size(), skip);
            skip -= count;
            if (count == front.size())
                ready_.pop_front();
            else
                front = front.slice(count);
        }
    } else {
        ready_.clear();
        ready_bytes_ = 0;
        ++generation_;
        if (!read_refused_) input_failure_.reset();  // it may be well where the worker reads now
        input_ended_ = offset >= input_size_;
        wanted_offset_ = offset;
    }
    ring();
}

result<void> bridge::emit(bytes fragment) {
    std::unique_lock lock(mutex_);
    // One fragment always finds room, however large.
    while (!stopped_ && fragment_bytes_ > 0 && fragment_bytes_ + fragment.size() > output_limit) {
        ring();
        worker_.wait(lock);
    }
    if (stopped_) return errc::cancelled;
    fragment_bytes_ += fragment.size();
    fragments_.push_back(std::move(fragment));
    ring();
    return {};
}

void bridge::finish(outcome<void> how) {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    ended_how_ = std::move(how);
    ring();
}

bool bridge::stopped() const {
    const std::lock_guard lock(mutex_);
    return stopped_;
}

bool bridge::read_refused() const {
    const std::lock_guard lock(mutex_);
    return stopped_ || read_refused_;
}

bridge::instruction bridge::next_task() {
    const std::lock_guard lock(mutex_);
    instruction todo;
    todo.generation = generation_;
    if (!fragments_.empty()) {
        todo.what = task::deliver;
    } else if (finished_) {
        todo.what = task::done;
    } else if (wanted_offset_ && !input_ended_) {
        todo.what = task::seek;
        todo.offset = *std::exchange(wanted_offset_, std::nullopt);
    } else if (!input_ended_ && !input_failure_ && ready_bytes_ < input_limit) {
        todo.what = task::fetch;
    } else {
        client_waits_ = true;
    }
    return todo;
}

bytes bridge::take_fragment() {
    const std::lock_guard lock(mutex_);
    bytes first = std::move(fragments_.front());
    fragments_.pop_front();
    fragment_bytes_ -= first.size();
    worker_.notify_one();
    return first;
}

void bridge::push(std::uint64_t generation, std::optional<bytes> data) {
    const std::lock_guard lock(mutex_);
    if (generation != generation_) return;
    if (!data) {
        input_ended_ = true;
    } else if (!data->empty()) {
        ready_bytes_ += data->size();
        ready_.push_back(std::move(*data));
    }
    worker_.notify_one();
}

void bridge::fail_input(std::uint64_t generation, failure why) {
    const std::lock_guard lock(mutex_);
    if (generation != generation_) return;
    input_failure_ = std::move(why);
    worker_.notify_one();
}

outcome<void> bridge::how_it_ended() const {
    const std::lock_guard lock(mutex_);
    // What failed beyond the last byte that the worker needed does not matter.
    if (!ended_how_ && read_refused_) return *input_failure_;
    return ended_how_;
}

void bridge::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    worker_.notify_one();
}

io::awaitable<result<void>> bridge::changed() {
    return event_.wait();
}

/// The mutex is held. One post for each time that the client's side has gone to wait.
void bridge::ring() {
    if (!std::exchange(client_waits_, false)) return;
    io::asio::post(executor_, [self = shared_from_this()] { self->event_.notify(); });
}

}  // namespace mtproto::remux
