// The client's end: TLS with a proven name, then an upgrade from HTTP.
#include "tls/handshake.hpp"
#include "tunnel/websocket.hpp"
#include "websocket/message_stream.hpp"

#include <mtproto/error.hpp>
#include <mtproto/websocket.hpp>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/this_coro.hpp>

#include <ctime>

namespace mtproto {
namespace {

using namespace tls;
using namespace websocket;

std::string as_authority(const io::endpoint& where) {
    constexpr std::uint16_t https = 443;
    if (where.port != https) return to_string(where);
    const bool bracketed = where.host.find(':') != std::string::npos;
    return bracketed ? "[" + where.host + "]" : where.host;
}

failure refused(const io::endpoint& where, const char* step, const boost::system::error_code& why) {
    if (why == asio::error::operation_aborted) return failure(errc::cancelled);
    return failure(errc::connection_failed,
                   std::string(step) + " " + to_string(where) + ": " + why.message());
}

/// Names the clock where a certificate is not valid now: that is wrong more often than the certificate.
std::string about_the_clock(long found) {
    if (found != X509_V_ERR_CERT_NOT_YET_VALID && found != X509_V_ERR_CERT_HAS_EXPIRED) return {};
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    char text[32];
    ::gmtime_r(&now, &parts);
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
    return std::string(", ") + X509_verify_cert_error_string(found) + "; this machine's clock says " + text;
}

class client_over_tls final : public websocket_client {
  public:
    explicit client_over_tls(const std::string& trusted) : tls_(asio::ssl::context::tls_client) {
        boost::system::error_code why;
        tls_.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, why);
        tls_.set_verify_mode(asio::ssl::verify_peer);
        if (trusted.empty())
            tls_.set_default_verify_paths(why);
        else
            tls_.add_certificate_authority(asio::buffer(trusted), why);
        if (why) throw error({errc::bad_argument, "the certificates to trust are none: " + why.message()});
    }

    io::awaitable<outcome<std::unique_ptr<io::stream>>> open(std::unique_ptr<io::stream> below,
                                                             io::endpoint host, std::string path) override {
        const std::shared_ptr<io::stream> bottom = std::move(below);
        secured made = co_await connect_tls(tls_, bottom, host.host);
        if (!made.stream) {
            failure why = refused(host, "no TLS with", made.why);
            if (why.code != errc::cancelled) why.detail += about_the_clock(made.proof);
            co_return why;
        }

        websocket_over over(async_stream(co_await asio::this_coro::executor, std::move(made.stream)));
        over.set_option(beast::websocket::stream_base::decorator([](beast::websocket::request_type& request) {
            request.set(beast::http::field::sec_websocket_protocol, "binary");
        }));
        const std::string authority = as_authority(host);
        auto [refusal] = co_await over.async_handshake(authority, path, use_tuple);
        if (refusal) co_return refused(host, "no WebSocket at", refusal);
        co_return std::make_unique<message_stream>(std::move(over), bottom);
    }

  private:
    asio::ssl::context tls_;
};

}  // namespace

std::shared_ptr<websocket_client> websocket_over_tls(const std::string& trusted) {
    return std::make_shared<client_over_tls>(trusted);
}

}  // namespace mtproto
