// Reads until a record gives data; writes gather heads and data.
#include "tunnel/fake_tls_stream.hpp"

namespace mtproto::tunnel {

io::awaitable<result<std::size_t>> fake_tls_stream::read_some(byte_span into) {
    for (;;) {
        const byte_span room = into.first(in_.wants(into.size()));
        const result<std::size_t> count = co_await below_->read_some(room);
        if (!count || *count == 0) co_return count;
        const result<std::size_t> data = in_.take(room.first(*count));
        if (!data || *data > 0) co_return data;
    }
}

io::awaitable<result<void>> fake_tls_stream::write(std::span<const byte_view> parts) {
    co_return co_await below_->write(out_.wrap(parts));
}

}  // namespace mtproto::tunnel
