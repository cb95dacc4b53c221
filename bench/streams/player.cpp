// The next part is read when the last one has been played.
#include "player.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace mtproto::bench {
namespace {

double seconds_since(real_clock::time_point when) {
    return std::chrono::duration<double>(real_clock::now() - when).count();
}

}  // namespace

boost::asio::awaitable<void> watch(byte_stream& stream, double rate, watched& result) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    real_clock::time_point played = real_clock::now();  // when all that was read has been played
    for (;;) {
        const std::optional<chunk> part = co_await stream.next();
        if (!part) co_return;
        const double late = seconds_since(played);
        if (result.bytes == 0) {
            result.first_byte = late;
            played = real_clock::now();
        } else if (late > 0) {
            result.worst_stall = std::max(result.worst_stall, late);
            result.all_stalls += late;
            if (late > long_stall) ++result.long_stalls;
            played = real_clock::now();
        }
        result.bytes += static_cast<std::int64_t>(part->data.size());
        played += std::chrono::duration_cast<real_clock::duration>(
            std::chrono::duration<double>(static_cast<double>(part->data.size()) / rate));
        timer.expires_at(played);
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

}  // namespace mtproto::bench
