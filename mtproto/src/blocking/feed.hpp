// Fetches on an executor what a thread reads.
#pragma once

#include "blocking/input.hpp"
#include "blocking/input_queue.hpp"
#include "io/awaitable.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace mtproto::blocking {

using opening = std::function<std::unique_ptr<input>()>;

/// Opens the input on `executor`, soon, and fetches what is read there from `begin` to `end`, until the
/// result is stopped. A seek cancels the fetch under way. When the executor is destroyed before, the result
/// is abandoned. From any thread. Whatever `open` and next() throw comes out of input_queue::read().
std::shared_ptr<input_queue> feed(const io::asio::any_io_executor& executor, std::int64_t begin,
                                  std::int64_t end, opening open);

}  // namespace mtproto::blocking
