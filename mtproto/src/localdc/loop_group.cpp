// Starting, waiting, cancelling.
#include "localdc/loop_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace mtproto::localdc {

loop_group::loop_group(boost::asio::any_io_executor executor,
                       std::function<void(const std::exception&)> ended)
    : executor_(std::move(executor)), ended_(std::move(ended)), loop_ended_(executor_) {}

void loop_group::start(std::shared_ptr<void> owner, io::awaitable<void> loop) {
    ++running_;
    boost::asio::co_spawn(
        executor_, std::move(loop),
        boost::asio::bind_cancellation_slot(
            cancel_.emplace_back().slot(), [this, kept = std::move(owner)](const std::exception_ptr& thrown) {
                note_end(thrown);
                --running_;
                loop_ended_.notify();
            }));
}

// Cancelling the loops throws in them; anything else ends the group for a reason worth knowing.
void loop_group::note_end(const std::exception_ptr& thrown) {
    if (!thrown) return;
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& why) {
        if (why.code() != boost::asio::error::operation_aborted) ended_(why);
    } catch (const std::exception& why) {
        ended_(why);
    }
}

io::awaitable<void> loop_group::first_end() {
    bool waited = true;
    while (waited && running_ == cancel_.size())
        waited = (co_await loop_ended_.wait()).has_value();
}

io::awaitable<void> loop_group::end_all() {
    for (boost::asio::cancellation_signal& each : cancel_)
        each.emit(boost::asio::cancellation_type::terminal);
    bool waited = true;
    while (waited && running_ > 0)
        waited = (co_await loop_ended_.wait()).has_value();
}

}  // namespace mtproto::localdc
