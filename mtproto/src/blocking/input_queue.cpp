// One mutex; readers wait on a condition variable, the fetching side on the bell.
#include "blocking/input_queue.hpp"

#include <utility>

namespace mtproto::blocking {

input_queue::input_queue(std::shared_ptr<doorbell> bell, std::int64_t begin, std::int64_t end,
                         std::size_t limit)
    : bell_(std::move(bell)), end_(end), limit_(limit), position_(begin), ended_(begin >= end) {}

outcome<std::size_t> input_queue::read(byte_span into) {
    std::unique_lock lock(mutex_);
    for (;;) {
        if (stopped_ || interrupted_) return failure(errc::cancelled);
        if (!ready_.empty() || ended_ || into.empty()) break;
        if (trouble_) {
            if (trouble_->thrown) std::rethrow_exception(trouble_->thrown);
            return trouble_->why;
        }
        begun_ = true;
        bell_->ring();
        arrived_.wait(lock);
    }
    const bool was_full = ready_.size() >= limit_;
    const std::size_t filled = ready_.read(into);
    position_ += static_cast<std::int64_t>(filled);
    if (was_full && ready_.size() < limit_) bell_->ring();
    return filled;
}

void input_queue::seek(std::int64_t offset) {
    const std::lock_guard lock(mutex_);
    const bool failed = trouble_ && ready_.empty();  // it may be well when it begins anew
    if (offset == position_ && !failed) return;
    const std::int64_t forward = offset - position_;
    position_ = offset;
    if (forward > 0 && forward <= static_cast<std::int64_t>(ready_.size())) {
        ready_.skip(static_cast<std::size_t>(forward));
    } else {
        ready_.clear();
        ++generation_;
        trouble_.reset();
        ended_ = offset >= end_;
        jump_ = offset;
        begun_ = true;
        arrived_.notify_all();
    }
    bell_->ring();
}

std::int64_t input_queue::position() const {
    const std::lock_guard lock(mutex_);
    return position_;
}

void input_queue::interrupt(bool on) {
    const std::lock_guard lock(mutex_);
    interrupted_ = on;
    arrived_.notify_all();
}

void input_queue::stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    ready_.clear();
    arrived_.notify_all();
    bell_->ring();
}

bool input_queue::stopped() const {
    const std::lock_guard lock(mutex_);
    return stopped_;
}

void input_queue::begin() {
    const std::lock_guard lock(mutex_);
    begun_ = true;
}

input_queue::instruction input_queue::next_task() {
    const std::lock_guard lock(mutex_);
    instruction todo;
    todo.generation = generation_;
    if (stopped_) {
        todo.kind = task::stop;
    } else if (jump_ && !ended_) {
        todo.kind = task::seek;
        todo.offset = *std::exchange(jump_, std::nullopt);
    } else if (begun_ && !ended_ && !trouble_ && ready_.size() < limit_) {
        todo.kind = task::fetch;
    }
    return todo;
}

bool input_queue::wants(std::uint64_t generation) const {
    const std::lock_guard lock(mutex_);
    return !stopped_ && generation == generation_;
}

void input_queue::push(std::uint64_t generation, std::optional<bytes> data) {
    const std::lock_guard lock(mutex_);
    if (stopped_ || generation != generation_) return;
    if (data)
        ready_.push(std::move(*data));
    else
        ended_ = true;
    arrived_.notify_all();
}

void input_queue::fail(std::uint64_t generation, failure why, std::exception_ptr thrown) {
    const std::lock_guard lock(mutex_);
    if (generation != generation_) return;
    trouble_ = trouble{std::move(why), std::move(thrown)};
    arrived_.notify_all();
}

void input_queue::abandon() {
    stop();
    bell_->remove();
}

}  // namespace mtproto::blocking
