// The loop that alternates between running what can run and moving the time.
#include "io/simulation.hpp"

namespace mtproto::io {

void simulation::settle() {
    context_->restart();
    while (context_->poll() != 0) {
    }
}

void simulation::run(awaitable<void> task, duration limit) {
    // Shared with a handler that outlives this function when the task does.
    struct ending {
        bool came = false;
        std::exception_ptr thrown;
    };
    const auto end = std::make_shared<ending>();
    asio::co_spawn(*context_, std::move(task), [end](std::exception_ptr what) {
        end->came = true;
        end->thrown = std::move(what);
    });
    const time_point deadline = timers_.now() + limit;
    for (settle(); !end->came; settle()) {
        if (!timers_.anyone_waits()) throw std::runtime_error("simulation: nothing runs and nothing waits");
        if (timers_.now() > deadline) throw std::runtime_error("simulation: out of virtual time");
        timers_.advance_to_next();
    }
    if (end->thrown) std::rethrow_exception(end->thrown);
}

}  // namespace mtproto::io
