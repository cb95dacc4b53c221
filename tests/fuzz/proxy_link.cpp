// Links to proxies, as https and as tg ones, from arbitrary text.
#include "fuzz.hpp"
#include "wire/proxy_secret.hpp"
#include "wire/socks5.hpp"

#include <mtproto/proxy.hpp>

#include <string>

using namespace mtproto;

namespace {

std::string escaped(std::string_view text) {
    std::string made;
    for (const char c : text) {
        made += '%';
        made += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        made += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
    }
    return made;
}

std::string spell(const proxy& given) {
    std::string text = given.type == proxy::kind::mtproxy ? "tg://proxy?" : "tg://socks?";
    text += "server=" + escaped(given.host) + "&port=" + std::to_string(given.port);
    if (given.type == proxy::kind::mtproxy) return text + "&secret=" + escaped(given.secret);
    return text + "&user=" + escaped(given.user) + "&pass=" + escaped(given.password);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(as_text(std::as_bytes(std::span(data, size))));
    std::ignore = wire::parse_proxy_secret(text);
    const auto read = parse_proxy_link(text);
    if (!read) {
        fuzz::require(read.error().code == errc::bad_argument, "a wrong link is a bad argument");
        fuzz::require(!read.error().detail.empty(), "and it is said what is wrong with it");
        return 0;
    }
    fuzz::require(!read->host.empty() && read->port != 0, "a proxy is somewhere");
    if (read->type == proxy::kind::mtproxy) {
        const auto secret = wire::parse_proxy_secret(read->secret);
        fuzz::require(secret.has_value(), "its secret is one");
        fuzz::require(secret->domain.size() <= wire::proxy_secret::longest_domain, "a domain fits a hello");
        const bool fake_tls = secret->kind == wire::proxy_secret::form::fake_tls;
        fuzz::require(fake_tls == !secret->domain.empty(), "fake TLS has a domain, and nothing else has");
    } else {
        fuzz::require(read->user.size() <= wire::socks5_login::longest &&
                          read->password.size() <= wire::socks5_login::longest,
                      "a login fits the protocol");
        fuzz::require(!read->user.empty() || read->password.empty(), "a password belongs to a user");
    }
    const std::string other = spell(*read);
    if (other.size() > 2048) return 0;  // longer than any link that is read
    const auto again = parse_proxy_link(other);
    fuzz::require(again && again->type == read->type && again->host == read->host &&
                      again->port == read->port && again->secret == read->secret &&
                      again->user == read->user && again->password == read->password,
                  "a link that is spelled another way means the same");
    return 0;
}
