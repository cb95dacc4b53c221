// The server's end: TLS or none, one HTTP request, the answer that makes a WebSocket of it.
#include "tls/handshake.hpp"
#include "tunnel/websocket.hpp"
#include "websocket/certificate.hpp"
#include "websocket/message_stream.hpp"

#include <mtproto/error.hpp>
#include <mtproto/websocket.hpp>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <new>

namespace mtproto {
namespace {

using namespace tls;
using namespace websocket;
namespace http = beast::http;

// What a request that only asks for a WebSocket may need.
constexpr std::size_t most_received = 16u << 10;

bool asks_for_us(const http::request<http::empty_body>& request) {
    const beast::string_view target = request.target();
    return beast::websocket::is_upgrade(request) && (target == "/apiws" || target == "/apiws_test");
}

bool offers_binary(const http::request<http::empty_body>& request) {
    return http::token_list(request[http::field::sec_websocket_protocol]).exists("binary");
}

boost::system::error_code ended(const boost::system::error_code& why) {
    if (why == asio::error::operation_aborted) return make_error_code(errc::cancelled);
    if (why == asio::error::connection_reset || why == asio::error::eof || why == http::error::end_of_stream)
        return make_error_code(errc::connection_closed);
    return make_error_code(errc::bad_frame);
}

io::awaitable<result<std::unique_ptr<io::stream>>> upgrade(std::shared_ptr<io::stream> stream,
                                                           std::shared_ptr<io::stream> bottom) {
    async_stream below(co_await asio::this_coro::executor, std::move(stream));
    beast::flat_buffer received(most_received);
    http::request<http::empty_body> request;
    auto [unreadable, size] = co_await http::async_read(below, received, request, use_tuple);
    if (unreadable) co_return ended(unreadable);
    // A client speaks on only when it has the answer.
    if (!asks_for_us(request) || received.size() > 0) {
        http::response<http::empty_body> answer(http::status::not_found, request.version());
        answer.prepare_payload();
        co_await http::async_write(below, answer, use_tuple);
        co_return errc::bad_frame;
    }
    websocket_over over(std::move(below));
    if (offers_binary(request))
        over.set_option(beast::websocket::stream_base::decorator([](beast::websocket::response_type& answer) {
            answer.set(http::field::sec_websocket_protocol, "binary");
        }));
    auto [refused] = co_await over.async_accept(request, use_tuple);
    if (refused) co_return ended(refused);
    co_return std::make_unique<message_stream>(std::move(over), bottom);
}

class server_with_key final : public websocket_server {
  public:
    explicit server_with_key(const certified_key& proof) : tls_(asio::ssl::context::tls_server) {
        SSL_CTX* const context = tls_.native_handle();
        if (SSL_CTX_use_certificate(context, proof.certificate.get()) != 1 ||
            SSL_CTX_use_PrivateKey(context, proof.key.get()) != 1)
            throw std::bad_alloc();
    }

    io::awaitable<result<std::unique_ptr<io::stream>>> accept(std::unique_ptr<io::stream> below,
                                                              bool tls) override {
        const std::shared_ptr<io::stream> bottom = std::move(below);
        if (!tls) co_return co_await upgrade(bottom, bottom);
        secured made = co_await accept_tls(tls_, bottom);
        if (!made.stream) co_return ended(made.why);
        co_return co_await upgrade(std::move(made.stream), bottom);
    }

  private:
    asio::ssl::context tls_;
};

}  // namespace

websocket_identity websocket::identity_of(const certified_key& proof) {
    websocket_identity made;
    made.server = std::make_shared<server_with_key>(proof);
    made.certificate = proof.certificate_pem();
    return made;
}

websocket_identity make_websocket_identity(const std::string& host) {
    const outcome<certified_key> proof = make_certified_key(host);
    if (!proof) throw error(proof.error());
    return identity_of(*proof);
}

}  // namespace mtproto
