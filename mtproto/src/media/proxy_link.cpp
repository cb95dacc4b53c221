// Reads links to proxies (protocol 1.8, 1.12).
#include "media/hosts.hpp"
#include "media/text.hpp"
#include "media/url.hpp"
#include "wire/proxy_secret.hpp"
#include "wire/socks5.hpp"

#include <mtproto/proxy.hpp>

#include <algorithm>
#include <charconv>

namespace mtproto {
namespace {

/// No link to a proxy comes near this.
constexpr std::size_t longest_proxy_link = 4096;

constexpr std::string_view examples =
    "one is https://t.me/proxy?server=..., https://t.me/socks?server=... or "
    "socks5://user:password@host:port";

failure no_proxy_link(std::string why) {
    return failure(errc::bad_argument, "this is no link to a proxy: " + std::move(why));
}

/// "proxy" or "socks"; empty when it is neither.
std::string_view kind_of(const core::url& link) {
    const bool web = link.scheme != "tg";
    if (link.user || link.port) return {};
    if (web && (!core::is_web_host(link.host) || link.path.size() != 1)) return {};
    if (!web && !link.path.empty()) return {};
    const std::string_view name = web ? link.path[0] : link.host;
    return name == "proxy" || name == "socks" ? name : std::string_view();
}

outcome<std::string> host_of(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    constexpr std::size_t longest_name = 255;
    if (text.empty()) return no_proxy_link("it names no server");
    if (text.size() > longest_name) return no_proxy_link("its server's name is too long");
    for (const char c : text)
        if (c == ' ' || c == '/' || core::is_control(c)) return no_proxy_link("its server is none");
    return std::string(text);
}

outcome<std::uint16_t> port_of(std::string_view text) {
    unsigned port = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (wrong != std::errc() || end != text.data() + text.size() || port == 0 || port > 0xffff)
        return no_proxy_link("its port is not a number from 1 to 65535");
    return static_cast<std::uint16_t>(port);
}

/// A SOCKS5 proxy's lengths (RFC 1929).
outcome<proxy> checked(proxy made) {
    constexpr std::size_t longest = wire::socks5_login::longest;
    if (made.user.size() > longest || made.password.size() > longest)
        return no_proxy_link("its user name or password is longer than 255 bytes");
    if (made.user.empty() && !made.password.empty())
        return no_proxy_link("it has a password and no user name");
    return made;
}

/// "socks5" in "socks5://..."; empty where there is none.
std::string scheme_of(std::string_view text) {
    const std::size_t end = text.find("://");
    if (end == text.npos || text.find_first_of("/?#") < end) return {};
    return core::lowered(text.substr(0, end));
}

/// "user:password@host:port", as curl and others take it. All but the host may be left out.
outcome<proxy> parse_socks5_address(std::string_view text) {
    if (text.ends_with('/')) text.remove_suffix(1);
    proxy made;
    if (const std::size_t at = text.rfind('@'); at != text.npos) {
        const std::string_view login = text.substr(0, at);
        const std::size_t colon = std::min(login.find(':'), login.size());
        made.user = core::decode_percent(login.substr(0, colon));
        made.password = core::decode_percent(login.substr(std::min(colon + 1, login.size())));
        text.remove_prefix(at + 1);
    }
    constexpr std::uint16_t usual_port = 1080;  // RFC 1928
    made.port = usual_port;
    // The last colon of an IPv6 address in brackets is not a port's.
    const std::size_t colon = text.rfind(':');
    if (colon != text.npos && (text.find(']') == text.npos || text.substr(0, colon).ends_with(']'))) {
        const outcome<std::uint16_t> port = port_of(text.substr(colon + 1));
        if (!port) return port.error();
        made.port = *port;
        text = text.substr(0, colon);
    }
    outcome<std::string> host = host_of(core::decode_percent(text));
    if (!host) return host.error();
    if (host->find_first_of("?#@[]") != host->npos) return no_proxy_link("its server is none");
    for (const std::string& each : {*host, made.user, made.password})
        if (core::has_control(each)) return no_proxy_link("it contains a control character");
    made.host = std::move(*host);
    return checked(std::move(made));
}

}  // namespace

outcome<proxy> parse_proxy_link(std::string_view text) {
    text = core::trimmed(text);
    if (text.empty()) return no_proxy_link("it is empty");
    if (text.size() > longest_proxy_link) return no_proxy_link("it is too long");
    const std::string scheme = scheme_of(text);
    if (scheme == "socks5" || scheme == "socks5h")
        return parse_socks5_address(text.substr(scheme.size() + 3));
    if (scheme.starts_with("socks")) return no_proxy_link("of SOCKS only version 5 is understood");
    if (!scheme.empty() && scheme != "http" && scheme != "https" && scheme != "tg")
        return no_proxy_link(std::string(examples));
    const outcome<core::url> link = core::split_url(text);
    if (!link) return no_proxy_link(link.error().detail);
    const std::string_view kind = kind_of(*link);
    if (kind.empty()) return no_proxy_link(std::string(examples) + "; an HTTP proxy is none");

    outcome<std::string> host = host_of(link->argument("server"));
    if (!host) return host.error();
    const outcome<std::uint16_t> port = port_of(link->argument("port"));
    if (!port) return port.error();
    proxy made;
    made.host = std::move(*host);
    made.port = *port;
    if (kind == "proxy") {
        made.type = proxy::kind::mtproxy;
        made.secret = link->argument("secret");
        if (!wire::parse_proxy_secret(made.secret)) return no_proxy_link("its secret is none");
        return made;
    }
    made.user = link->argument("user");
    made.password = link->argument("pass");
    return checked(std::move(made));
}

}  // namespace mtproto
