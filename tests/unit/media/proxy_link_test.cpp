// Links to proxies, as people pass them on.
#include <mtproto/proxy.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mtproto;

namespace {

const std::string secret = "0123456789abcdef0123456789abcdef";

/// One line for a link, so that a case is one comparison.
std::string describe(std::string_view text) {
    const auto read = parse_proxy_link(text);
    if (!read) {
        CHECK(read.error().code == errc::bad_argument);
        CHECK_FALSE(read.error().detail.empty());
        return "refused";
    }
    std::string line = read->what == proxy::kind::socks5 ? "socks " : "mtproxy ";
    line += read->host + " " + std::to_string(read->port);
    if (!read->user.empty()) line += " " + read->user + ":" + read->password;
    if (!read->secret.empty()) line += " " + read->secret;
    return line;
}

std::string why(std::string_view text) {
    const auto read = parse_proxy_link(text);
    return read ? "accepted" : read.error().message();
}

bool says(std::string_view text, std::string_view part) {
    const std::string reason = why(text);
    INFO(text << " -> " << reason);
    return reason.find(part) != reason.npos;
}

}  // namespace

TEST_CASE("links to an MTProxy") {
    const std::string arguments = "proxy?server=proxy.example.org&port=8443&secret=" + secret;
    for (const char* before : {"https://t.me/", "http://t.me/", "t.me/", "https://telegram.me/",
                               "telegram.dog/", "https://www.t.me/", "tg://", "tg:", " TG://"})
        CHECK(describe(before + arguments) == "mtproxy proxy.example.org 8443 " + secret);
    CHECK(describe("tg://proxy?port=443&secret=dd" + secret + "&server=10.1.2.3") ==
          "mtproxy 10.1.2.3 443 dd" + secret);
    CHECK(describe("tg://proxy?server=::1&port=443&secret=7gEjRWeJq83vASNFZ4mrze9leGFtcGxlLm9yZw") ==
          "mtproxy ::1 443 7gEjRWeJq83vASNFZ4mrze9leGFtcGxlLm9yZw");
    CHECK(describe("tg://proxy?server=%5B2001:db8::1%5D&port=443&secret=ASNFZ4mrze8BI0VniavN7w%3D%3D") ==
          "mtproxy 2001:db8::1 443 ASNFZ4mrze8BI0VniavN7w==");
}

TEST_CASE("links to a SOCKS5 proxy, with and without a login") {
    CHECK(describe("https://t.me/socks?server=10.1.2.3&port=1080") == "socks 10.1.2.3 1080");
    CHECK(describe("tg://socks?server=10.1.2.3&port=1080&user=me&pass=a%26b") ==
          "socks 10.1.2.3 1080 me:a&b");
    CHECK(describe("tg://socks?server=h&port=1&user=me") == "socks h 1 me:");
}

TEST_CASE("what is no link to a proxy, and why") {
    CHECK(says("", "empty"));
    CHECK(says(std::string(3000, 'x'), "too long"));
    CHECK(says("https://t.me/durov/43", "one is https://t.me/proxy"));
    CHECK(says("https://example.org/proxy?server=a&port=1&secret=" + secret, "one is https://t.me/proxy"));
    CHECK(says("https://t.me/proxy/more?server=a&port=1&secret=" + secret, "one is https://t.me/proxy"));
    CHECK(says("https://t.me:8080/proxy?server=a&port=1&secret=" + secret, "one is https://t.me/proxy"));
    CHECK(says("ftp://t.me/proxy?server=a&port=1&secret=" + secret, "only http"));
    CHECK(says("tg://proxy?port=1&secret=" + secret, "no server"));
    CHECK(says("tg://proxy?server=a%20b&port=1&secret=" + secret, "server is none"));
    CHECK(says("tg://proxy?server=a&secret=" + secret, "port"));
    CHECK(says("tg://proxy?server=a&port=0&secret=" + secret, "port"));
    CHECK(says("tg://proxy?server=a&port=65536&secret=" + secret, "port"));
    CHECK(says("tg://proxy?server=a&port=80x&secret=" + secret, "port"));
    CHECK(says("tg://proxy?server=a&port=1", "secret is none"));
    CHECK(says("tg://proxy?server=a&port=1&secret=ee" + secret, "secret is none"));
    CHECK(says("tg://socks?server=a&port=1&pass=x", "no user name"));
    CHECK(says("tg://socks?server=a&port=1&user=" + std::string(128, 'x'), "127"));
}

TEST_CASE("an error shows nothing of the secret") {
    CHECK(why("tg://proxy?server=a&port=0&secret=" + secret).find(secret) == std::string::npos);
    CHECK(why("tg://proxy?server=a&port=1&secret=x" + secret).find(secret) == std::string::npos);
}
