// What a download has cost: time, processor, memory.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>

namespace mtpipe {

class stopwatch {
  public:
    stopwatch() : began_(mtproto::system_clock().now()) {}
    double seconds() const {
        return std::chrono::duration<double>(mtproto::system_clock().now() - began_).count();
    }

  private:
    mtproto::time_point began_;
};

/// One line on standard error. `transfer` began with the file, `all` with the command.
void print_stats(std::int64_t bytes, const stopwatch& transfer, const stopwatch& all);

}  // namespace mtpipe
