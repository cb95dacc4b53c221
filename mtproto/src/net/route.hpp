// The way to a data centre: a proxy or none, a WebSocket or none, a framing, obfuscated or not.
#pragma once

#include "io/network.hpp"
#include "io/timers.hpp"
#include "net/dialer.hpp"
#include "tunnel/websocket.hpp"
#include "wire/proxy_secret.hpp"
#include "wire/socks5.hpp"

#include <mtproto/random.hpp>

#include <optional>
#include <string>
#include <variant>

namespace mtproto::net {

struct direct {};

struct through_socks5 {
    io::endpoint at;
    std::optional<wire::socks5_login> login;
};

struct through_mtproxy {
    io::endpoint at;
    wire::proxy_secret secret;
};

struct route {
    wire::framing framing = wire::framing::intermediate;
    bool obfuscated = false;
    std::variant<direct, through_socks5, through_mtproxy> way;
    std::shared_ptr<websocket_client> websocket = nullptr;  ///< null: a bare connection
    std::vector<std::string> websocket_names = {};          ///< as cluster::websocket_names

    /// errc::bad_argument for what cannot go together.
    outcome<void> check() const;
    /// An MTProxy knows obfuscated streams only, and so does a WebSocket (protocol 1.14).
    bool is_obfuscated() const noexcept {
        return obfuscated || websocket || std::holds_alternative<through_mtproxy>(way);
    }
    /// An MTProxy whose secret has a prefix wants padded intermediate (protocol 1.8).
    wire::framing framing_used() const noexcept;
    /// Where a connection to `where` ends up: a WebSocket may have an address of its own.
    io::endpoint address_of(const destination& where) const;
};

/// Dials along one route.
class route_dialer final : public dialer {
  public:
    route_dialer(io::network& over, io::timers& time, random_source& random, route how)
        : network_(&over), time_(&time), random_(&random), route_(std::move(how)) {}

    io::awaitable<outcome<dialled>> dial(destination where) override;
    duration proxy_time() const override;
    std::string describe(const destination& where) const override;

  private:
    io::awaitable<outcome<std::unique_ptr<io::stream>>> reach(const destination& where);
    io::awaitable<outcome<std::unique_ptr<io::stream>>> reach_server(const destination& where);
    /// The talk with a proxy, bounded; `name` is its kind, for errors.
    template <class T>
    io::awaitable<outcome<T>> within_patience(io::awaitable<outcome<T>> talk, const char* name,
                                              const io::endpoint& proxy);
    io::awaitable<outcome<std::unique_ptr<io::stream>>> reach_proxy(const destination& where,
                                                                    const io::endpoint& at);
    io::awaitable<outcome<std::unique_ptr<io::stream>>> connect(const destination& where,
                                                                const io::endpoint& at);

    io::network* network_;
    io::timers* time_;
    random_source* random_;
    route route_;
    bool proxy_silent_ = false;  ///< it did not answer in time when it was last asked
};

}  // namespace mtproto::net
