// Chunks to a function.
#include <mtproto/sink/callback.hpp>

namespace mtproto::sink {

boost::asio::awaitable<outcome<void>> callback::write(chunk part) {
    co_return each_(part);
}

boost::asio::awaitable<outcome<void>> callback::finish() {
    co_return outcome<void>{};
}

}  // namespace mtproto::sink
