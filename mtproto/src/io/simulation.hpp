// One process, one thread, pipes and virtual time: client and server in one deterministic test.
#pragma once

#include "io/environment.hpp"
#include "io/pipes.hpp"
#include "io/virtual_time.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>

namespace mtproto::io {

class simulation {
  public:
    explicit simulation(random_source& random)
        : network_(context_->get_executor()), timers_(context_->get_executor()), random_(random) {}
    /// What still waits is destroyed first: it refers to the network and the timers.
    ~simulation() { context_.reset(); }

    asio::any_io_executor executor() { return context_->get_executor(); }
    virtual_timers& time() noexcept { return timers_; }
    pipe_network& net() noexcept { return network_; }
    environment make_environment(log_sink log = {}) {
        return {executor(), network_, timers_, random_, std::move(log)};
    }

    /// Runs `task` to its end, moving time whenever nothing else can run. Rethrows what it throws.
    /// Throws std::runtime_error when it can never end (nothing runs and nothing waits), or when more than
    /// `limit` of virtual time has passed.
    void run(awaitable<void> task, duration limit = std::chrono::hours(48));

    /// Lets everything run that can without time moving.
    void settle();

  private:
    std::unique_ptr<asio::io_context> context_ = std::make_unique<asio::io_context>(1);
    pipe_network network_;
    virtual_timers timers_;
    random_source& random_;
};

}  // namespace mtproto::io
