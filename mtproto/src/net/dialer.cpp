// A plain connection is a stream with the framing's tag in front.
#include "net/dialer.hpp"

namespace mtproto::net {

io::awaitable<outcome<dialled>> direct_dialer::dial(destination where) {
    result<std::unique_ptr<io::stream>> connected = co_await network_->connect(where.address);
    if (!connected) co_return failure(connected.error());
    dialled made;
    made.stream = std::move(*connected);
    made.framing = framing_;
    co_return made;
}

}  // namespace mtproto::net
