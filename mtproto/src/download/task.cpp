// Starting and cancelling by Asio.
#include "download/task.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>

#include <exception>
#include <utility>

namespace mtproto::download {

void launch(const io::asio::any_io_executor& executor, io::awaitable<void> what, std::shared_ptr<task> own) {
    const auto slot = own->cancel.slot();
    // The handler holds the task, so that its signal outlives the coroutine.
    io::asio::co_spawn(
        executor, std::move(what),
        io::asio::bind_cancellation_slot(slot, [own = std::move(own)](const std::exception_ptr& thrown) {
            if (thrown) std::rethrow_exception(thrown);
        }));
}

void stop(const io::asio::any_io_executor& executor, const std::shared_ptr<task>& which) {
    if (!which || std::exchange(which->over, true)) return;
    // A coroutine that ends before it ever waited would throw at its end if it was cancelled meanwhile.
    if (!which->begun) return;
    // co_spawn emits on the executor, through memory that the signal owns: so it is called from there, where
    // that happens at once, and not after the signal is gone.
    io::asio::dispatch(executor, [which] { which->cancel.emit(io::asio::cancellation_type::terminal); });
}

}  // namespace mtproto::download
