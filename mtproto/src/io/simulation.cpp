// The loop that alternates between running what can run and moving the time.
#include "io/simulation.hpp"

namespace mtproto::io {

void simulation::settle() {
    context_->restart();
    while (context_->poll() != 0) {
    }
}

void simulation::run(awaitable<void> task, duration limit) {
    bool ended = false;
    std::exception_ptr thrown;
    asio::co_spawn(*context_, std::move(task), [&](std::exception_ptr what) {
        ended = true;
        thrown = std::move(what);
    });
    const time_point deadline = timers_.now() + limit;
    for (settle(); !ended; settle()) {
        if (!timers_.anyone_waits()) throw std::runtime_error("simulation: nothing runs and nothing waits");
        if (timers_.now() > deadline) throw std::runtime_error("simulation: out of virtual time");
        timers_.advance_to_next();
    }
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace mtproto::io
