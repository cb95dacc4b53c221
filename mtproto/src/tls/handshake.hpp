// TLS over a stream of ours, as one of ours: what stands above it need not know.
#pragma once

#include "io/stream.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace mtproto::tls {

/// What came of a TLS handshake.
struct secured {
    boost::system::error_code why;       ///< of Asio; operation_aborted when it was cancelled
    long proof = 0;                      ///< OpenSSL's word on the peer's certificate: X509_V_OK or why not
    std::shared_ptr<io::stream> stream;  ///< null when it failed
};

/// The client's end. `name` is named to the server and must stand in its certificate, if that is asked for.
/// `context` must outlive the stream.
io::awaitable<secured> connect_tls(boost::asio::ssl::context& context, std::shared_ptr<io::stream> below,
                                   std::string name);
/// The server's end.
io::awaitable<secured> accept_tls(boost::asio::ssl::context& context, std::shared_ptr<io::stream> below);

}  // namespace mtproto::tls
