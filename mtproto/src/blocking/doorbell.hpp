// How a thread tells an executor that there is something to do.
#pragma once

#include "io/awaitable.hpp"

#include <functional>
#include <memory>
#include <mutex>

namespace mtproto::blocking {

/// Posts its answer to the executor: once for each time that it was armed, however often it is rung.
/// Held by shared_ptr.
class doorbell : public std::enable_shared_from_this<doorbell> {
  public:
    doorbell(io::asio::any_io_executor executor, std::function<void()> answer);

    /// The next ring() posts the answer. Arm it before looking at what the other side may change: then
    /// nothing that changes later is missed.
    void arm();
    void ring();
    /// For good: drops the executor and the answer. On the executor, or while that is destroyed.
    void remove();
    /// Whether the caller is a handler of the executor, which would wait for itself.
    bool is_heard_here() const;

  private:
    void answer();

    mutable std::mutex mutex_;
    io::asio::any_io_executor executor_;  ///< none once removed
    std::function<void()> answer_;        ///< of the executor alone
    bool armed_ = false;
};

}  // namespace mtproto::blocking
