// The bytes inside WebSocket messages, as a stream. Heavy to include: Beast.
#pragma once

#include "io/stream.hpp"
#include "tls/async_stream.hpp"

#include <boost/beast/websocket.hpp>

namespace mtproto::tls {

namespace beast = boost::beast;

/// Beast asks for these when it ends a WebSocket by itself, after a broken frame say. The connection is
/// closed by its owner then, who sees the error.
template <class Handler>
void async_teardown(beast::role_type, async_stream& of, Handler&& handler) {
    of.close();
    asio::post(of.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
        std::move(handler)(boost::system::error_code());
    });
}
inline void teardown(beast::role_type, async_stream& of, boost::system::error_code& why) {
    of.close();
    why = {};
}

}  // namespace mtproto::tls

namespace mtproto::websocket {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tls::async_stream;
using tls::buffers_of;
using tls::ended;
using tls::use_tuple;

/// Over TLS and over none alike, so that Beast is compiled once. Encrypted bytes do not compress.
using websocket_over = beast::websocket::stream<async_stream, false>;

/// Bytes a message, at most, that are masked and written in one go.
inline constexpr std::size_t write_buffer_size = std::size_t{64} * 1024;

class message_stream final : public io::stream {
  public:
    /// `bottom` is the stream at the very bottom of `over`, to be closed at once.
    message_stream(websocket_over over, std::shared_ptr<io::stream> bottom)
        : over_(std::move(over)), bottom_(std::move(bottom)) {
        over_.binary(true);
        over_.auto_fragment(false);
        over_.write_buffer_bytes(write_buffer_size);
        over_.read_message_max(0);  // nothing is kept of a message: its length does no harm
    }

    io::awaitable<result<std::size_t>> read_some(byte_span into) override {
        if (into.empty()) co_return std::size_t{0};
        for (;;) {
            const asio::mutable_buffer room(into.data(), into.size());
            auto [why, count] = co_await over_.async_read_some(room, use_tuple);
            if (count > 0) co_return count;
            if (is_end(why)) co_return std::size_t{0};
            if (why) co_return ended(why, closed_);
            // An empty message.
        }
    }

    io::awaitable<result<void>> write(std::span<const byte_view> parts) override {
        const std::vector<asio::const_buffer> buffers = buffers_of(parts);
        if (asio::buffer_size(buffers) == 0) co_return result<void>{};
        auto [why, count] = co_await over_.async_write(buffers, use_tuple);
        if (why) co_return ended(why, closed_);
        co_return result<void>{};
    }

    /// Without a closing frame: there may be no room to send one now, and it would say no more than this. A
    /// peer of Beast says no more, either, once it has seen the end.
    void end_writing() noexcept override { bottom_->end_writing(); }

    void close() noexcept override {
        closed_ = true;
        bottom_->close();
    }

  private:
    static bool is_end(const boost::system::error_code& why) {
        return why == beast::websocket::error::closed || why == asio::error::eof;
    }

    websocket_over over_;
    std::shared_ptr<io::stream> bottom_;
    bool closed_ = false;
};

}  // namespace mtproto::websocket
