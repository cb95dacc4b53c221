// Reads until there is enough.
#include "tunnel/read_exactly.hpp"

namespace mtproto::tunnel {

io::awaitable<result<void>> read_exactly(io::stream& from, byte_span into) {
    while (!into.empty()) {
        const result<std::size_t> count = co_await from.read_some(into);
        if (!count) co_return count.error();
        if (*count == 0) co_return errc::connection_closed;
        into = into.subspan(*count);
    }
    co_return result<void>{};
}

}  // namespace mtproto::tunnel
