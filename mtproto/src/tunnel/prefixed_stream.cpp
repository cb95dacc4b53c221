// First what was read before, then the stream itself.
#include "tunnel/prefixed_stream.hpp"

#include <algorithm>

namespace mtproto::tunnel {

io::awaitable<result<std::size_t>> prefixed_stream::read_some(byte_span into) {
    if (given_ == first_.size()) co_return co_await below_->read_some(into);
    const std::size_t step = std::min(into.size(), first_.size() - given_);
    std::copy_n(first_.data() + given_, step, into.data());
    given_ += step;
    co_return step;
}

}  // namespace mtproto::tunnel
