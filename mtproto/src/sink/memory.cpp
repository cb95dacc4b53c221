// Chunks one behind the other in a vector.
#include <mtproto/sink/memory.hpp>

namespace mtproto::sink {

boost::asio::awaitable<outcome<void>> memory::write(chunk part) {
    if (part.data.size() > limit_ - data_.size()) co_return failure(errc::too_large);
    data_.insert(data_.end(), part.data.begin(), part.data.end());
    co_return outcome<void>{};
}

boost::asio::awaitable<outcome<void>> memory::finish() {
    co_return outcome<void>{};
}

}  // namespace mtproto::sink
