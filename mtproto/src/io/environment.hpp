// What a client or a server runs on, handed in by whoever starts it.
#pragma once

#include "io/network.hpp"
#include "io/timers.hpp"

#include <mtproto/log.hpp>
#include <mtproto/random.hpp>

#include <memory>

namespace mtproto::io {

class workers;

/// The objects referred to must outlive all that was given this environment.
struct environment {
    environment(asio::any_io_executor on, network& over, timers& by, random_source& from, log_sink to = {})
        : executor(std::move(on)), net(&over), time(&by), random(&from), log(std::move(to)) {}

    asio::any_io_executor executor;  ///< runs one handler at a time (a strand, or one thread)
    network* net;
    timers* time;
    random_source* random;
    log_sink log;
    /// Where a client computes what takes long; it stops them when it closes. Null: where it runs.
    std::shared_ptr<workers> compute = nullptr;
};

}  // namespace mtproto::io
