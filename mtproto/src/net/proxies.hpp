// What is said to a proxy before it passes a connection on.
#pragma once

#include "net/route.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/random.hpp>

#include <memory>

namespace mtproto::net {

/// The time limit of all that is said to a proxy before it passes a connection on. The proxy looks names up,
/// connects, and may have others behind it: through Tor that takes 20 s on a bad day.
constexpr duration proxy_patience = std::chrono::seconds(30);
/// The same for a proxy that took all of it the last time: three tries in a row end within a minute.
constexpr duration patience_after_silence = std::chrono::seconds(5);

/// Asks a SOCKS5 proxy for a connection to `where` (protocol 1.12). errc::proxy_failed, cancelled.
io::awaitable<outcome<void>> open_socks5(io::stream& over, const through_socks5& proxy,
                                         const io::endpoint& where);

/// Exchanges the hellos of fake TLS with an MTProxy (protocol 1.9, 1.10) and gives the stream inside.
/// errc::proxy_failed, cancelled.
io::awaitable<outcome<std::unique_ptr<io::stream>>> open_fake_tls(std::unique_ptr<io::stream> over,
                                                                  const through_mtproxy& proxy, unix_time now,
                                                                  random_source& random);

}  // namespace mtproto::net
