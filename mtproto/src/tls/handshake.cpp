// The handshakes of TLS, and its records as a stream, by Asio.
#include "tls/handshake.hpp"

#include "tls/async_stream.hpp"
#include "tls/host.hpp"

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

namespace mtproto::tls {
namespace {

using records = asio::ssl::stream<async_stream>;

class tls_stream final : public io::stream {
  public:
    tls_stream(std::unique_ptr<records> over, std::shared_ptr<io::stream> below)
        : over_(std::move(over)), below_(std::move(below)) {}

    io::awaitable<result<std::size_t>> read_some(byte_span into) override {
        if (into.empty()) co_return std::size_t{0};
        auto [why, count] =
            co_await over_->async_read_some(asio::buffer(into.data(), into.size()), use_tuple);
        if (count > 0) co_return count;
        if (why == asio::error::eof || why == asio::ssl::error::stream_truncated) co_return std::size_t{0};
        co_return ended(why, closed_);
    }

    io::awaitable<result<void>> write(std::span<const byte_view> parts) override {
        const std::vector<asio::const_buffer> buffers = buffers_of(parts);
        if (asio::buffer_size(buffers) == 0) co_return result<void>{};
        auto [why, count] = co_await asio::async_write(*over_, buffers, use_tuple);
        if (why) co_return ended(why, closed_);
        co_return result<void>{};
    }

    /// Without TLS's word for it: there may be no room to send one now, and it would say no more than this.
    void end_writing() noexcept override { below_->end_writing(); }

    void close() noexcept override {
        closed_ = true;
        below_->close();
    }

  private:
    std::unique_ptr<records> over_;
    std::shared_ptr<io::stream> below_;
    bool closed_ = false;
};

io::awaitable<secured> shake_hands(std::unique_ptr<records> over, std::shared_ptr<io::stream> below,
                                   asio::ssl::stream_base::handshake_type side) {
    secured made;
    auto [why] = co_await over->async_handshake(side, use_tuple);
    made.why = why;
    made.proof = SSL_get_verify_result(over->native_handle());
    if (!why) made.stream = std::make_shared<tls_stream>(std::move(over), std::move(below));
    co_return made;
}

}  // namespace

io::awaitable<secured> connect_tls(asio::ssl::context& context, std::shared_ptr<io::stream> below,
                                   std::string name) {
    auto over = std::make_unique<records>(async_stream(co_await asio::this_coro::executor, below), context);
    if (!is_address(name) && SSL_set_tlsext_host_name(over->native_handle(), name.c_str()) != 1) {
        secured made;
        made.why = asio::error::invalid_argument;
        co_return made;
    }
    over->set_verify_callback(asio::ssl::host_name_verification(name));
    co_return co_await shake_hands(std::move(over), std::move(below), asio::ssl::stream_base::client);
}

io::awaitable<secured> accept_tls(asio::ssl::context& context, std::shared_ptr<io::stream> below) {
    auto over = std::make_unique<records>(async_stream(co_await asio::this_coro::executor, below), context);
    co_return co_await shake_hands(std::move(over), std::move(below), asio::ssl::stream_base::server);
}

}  // namespace mtproto::tls
