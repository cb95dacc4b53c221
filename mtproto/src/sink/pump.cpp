// Chunk after chunk; the sink's waiting is the stream's back-pressure.
#include "io/edge.hpp"

#include <mtproto/sink/pump.hpp>

#include <utility>

namespace mtproto::sink {
namespace {

io::awaitable<outcome<std::int64_t>> copy(byte_stream& from, sink& to) {
    std::int64_t written = 0;
    while (std::optional<chunk> part = co_await from.next()) {
        written += static_cast<std::int64_t>(part->data.size());
        const outcome<void> taken = co_await io::as_foreign(to.write(std::move(*part)));
        if (!taken) co_return taken.error();
    }
    const outcome<void> finished = co_await io::as_foreign(to.finish());
    if (!finished) co_return finished.error();
    co_return written;
}

}  // namespace

boost::asio::awaitable<std::int64_t> pump(byte_stream& from, sink& to) {
    return io::at_the_edge(copy(from, to));
}

}  // namespace mtproto::sink
