// Reads framing, obfuscation and proxy out of the configuration.
#include "client/route.hpp"

namespace mtproto::core {
namespace {

wire::framing framing_of(transport chosen) {
    switch (chosen) {
        case transport::abridged:
            return wire::framing::abridged;
        case transport::padded_intermediate:
            return wire::framing::padded_intermediate;
        case transport::full:
            return wire::framing::full;
        case transport::intermediate:
            break;
    }
    return wire::framing::intermediate;
}

}  // namespace

outcome<net::route> route_of(const config& settings) {
    net::route made;
    made.framing = framing_of(settings.transport);
    made.obfuscated = settings.obfuscated;
    made.websocket = settings.websocket;
    made.websocket_names = settings.servers.websocket_names;
    if (const std::optional<proxy>& given = settings.proxy) {
        if (given->host.empty() || given->port == 0)
            return failure(errc::bad_argument, "the proxy has no host or no port");
        const io::endpoint at{given->host, given->port};
        if (given->type == proxy::kind::socks5) {
            net::through_socks5 way{at, std::nullopt};
            if (!given->user.empty() || !given->password.empty())
                way.login = wire::socks5_login{given->user, given->password};
            made.way = std::move(way);
        } else {
            const result<wire::proxy_secret> secret = wire::parse_proxy_secret(given->secret);
            if (!secret) return failure(errc::bad_argument, "the MTProxy's secret is none");
            made.way = net::through_mtproxy{at, *secret};
        }
    }
    if (const outcome<void> sound = made.check(); !sound) return sound.error();
    return made;
}

}  // namespace mtproto::core
