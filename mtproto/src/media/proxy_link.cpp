// Reads links to proxies (protocol 1.8, 1.12).
#include "media/hosts.hpp"
#include "media/text.hpp"
#include "media/url.hpp"
#include "wire/proxy_secret.hpp"
#include "wire/socks5.hpp"

#include <mtproto/proxy.hpp>

#include <charconv>

namespace mtproto {
namespace {

/// No link to a proxy comes near this.
constexpr std::size_t longest_link = 2048;

failure bad(std::string why) {
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
    if (text.empty()) return bad("it names no server");
    if (text.size() > longest_name) return bad("its server's name is too long");
    for (const char c : text)
        if (c == ' ' || c == '/' || core::is_control(c)) return bad("its server is none");
    return std::string(text);
}

outcome<std::uint16_t> port_of(std::string_view text) {
    unsigned port = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (wrong != std::errc() || end != text.data() + text.size() || port == 0 || port > 0xffff)
        return bad("its port is not a number from 1 to 65535");
    return static_cast<std::uint16_t>(port);
}

}  // namespace

outcome<proxy> parse_proxy_link(std::string_view text) {
    text = core::trimmed(text);
    if (text.empty()) return bad("it is empty");
    if (text.size() > longest_link) return bad("it is too long");
    const outcome<core::url> link = core::split_url(text);
    if (!link) return bad(link.error().detail);
    const std::string_view kind = kind_of(*link);
    if (kind.empty()) return bad("one is https://t.me/proxy?server=... or https://t.me/socks?server=...");

    outcome<std::string> host = host_of(link->argument("server"));
    if (!host) return host.error();
    const outcome<std::uint16_t> port = port_of(link->argument("port"));
    if (!port) return port.error();
    proxy made;
    made.host = std::move(*host);
    made.port = *port;
    if (kind == "proxy") {
        made.what = proxy::kind::mtproxy;
        made.secret = link->argument("secret");
        if (!wire::parse_proxy_secret(made.secret)) return bad("its secret is none");
        return made;
    }
    made.user = link->argument("user");
    made.password = link->argument("pass");
    constexpr std::size_t longest = wire::socks5_login::longest;
    if (made.user.size() > longest || made.password.size() > longest)
        return bad("its user name or password is longer than 127 bytes");
    if (made.user.empty() && !made.password.empty()) return bad("it has a password and no user name");
    return made;
}

}  // namespace mtproto
