// What goes in is input_queue's; the queue of what comes out.
#include "remux/bridge.hpp"

#include <utility>

namespace mtproto::remuxing {

bridge::bridge(const io::asio::any_io_executor& executor, std::int64_t input_size)
    : changed_(std::make_shared<io::event>(executor)),
      bell_(std::make_shared<blocking::doorbell>(executor, [changed = changed_] { changed->notify(); })),
      input_(bell_, 0, input_size, input_limit) {
    input_.begin();
}

result<std::size_t> bridge::read(byte_span into) {
    const outcome<std::size_t> count = input_.read(into);
    if (count) return *count;
    if (count.error().code != errc::cancelled) {
        const std::lock_guard lock(mutex_);
        input_failure_ = count.error();
        input_.stop();  // libavformat may ask again elsewhere
    }
    return errc::cancelled;
}

void bridge::seek(std::int64_t offset) {
    if (offset != position()) input_.seek(offset);
}

result<void> bridge::emit(bytes fragment) {
    std::unique_lock lock(mutex_);
    // One fragment always finds room, however large.
    while (!stopped_ && fragment_bytes_ > 0 && fragment_bytes_ + fragment.size() > output_limit) {
        bell_->ring();
        room_.wait(lock);
    }
    if (stopped_) return errc::cancelled;
    fragment_bytes_ += fragment.size();
    fragments_.push_back(std::move(fragment));
    bell_->ring();
    return {};
}

void bridge::finish(outcome<void> how) {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    ended_how_ = std::move(how);
    bell_->ring();
}

bool bridge::stopped() const {
    const std::lock_guard lock(mutex_);
    return stopped_;
}

bool bridge::read_refused() const {
    const std::lock_guard lock(mutex_);
    return stopped_ || input_failure_.has_value();
}

bridge::instruction bridge::next_task() {
    instruction todo = present_task();
    if (todo.kind == task::wait) {
        bell_->arm();
        todo = present_task();  // what came before the bell was armed
    }
    return todo;
}

bridge::instruction bridge::present_task() {
    instruction todo;
    {
        const std::lock_guard lock(mutex_);
        if (!fragments_.empty())
            todo.kind = task::deliver;
        else if (finished_)
            todo.kind = task::done;
        if (todo.kind != task::wait) return todo;
    }
    const blocking::input_queue::instruction input = input_.next_task();
    if (input.kind == blocking::input_queue::task::seek) todo.kind = task::seek;
    if (input.kind == blocking::input_queue::task::fetch) todo.kind = task::fetch;
    todo.offset = input.offset;
    todo.generation = input.generation;
    return todo;
}

bytes bridge::take_fragment() {
    const std::lock_guard lock(mutex_);
    bytes first = std::move(fragments_.front());
    fragments_.pop_front();
    fragment_bytes_ -= first.size();
    room_.notify_one();
    return first;
}

outcome<void> bridge::how_it_ended() const {
    const std::lock_guard lock(mutex_);
    // What failed beyond the last byte that the worker needed does not matter.
    if (!ended_how_ && input_failure_) return *input_failure_;
    return ended_how_;
}

void bridge::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        room_.notify_one();
    }
    input_.stop();  // last: a read that fails is known not to be the end of the file
}

io::awaitable<result<void>> bridge::changed() {
    return changed_->wait();
}

}  // namespace mtproto::remuxing
