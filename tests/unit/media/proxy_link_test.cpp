// Links to proxies, as people pass them on.
#include <mtproto/proxy.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mtproto;

namespace {

const std::string secret = "0123456789abcdef0123456789abcdef";

/// One line for a link, so that a case is one comparison.
std::string describe_proxy(std::string_view text) {
    const auto read = parse_proxy_link(text);
    if (!read) {
        CHECK(read.error().code == errc::bad_argument);
        CHECK_FALSE(read.error().detail.empty());
        return "refused";
    }
    std::string line = read->type == proxy::kind::socks5 ? "socks " : "mtproxy ";
    line += read->host + " " + std::to_string(read->port);
    if (!read->user.empty()) line += " " + read->user + ":" + read->password;
    if (!read->secret.empty()) line += " " + read->secret;
    return line;
}

std::string why_no_proxy(std::string_view text) {
    const auto read = parse_proxy_link(text);
    return read ? "accepted" : read.error().message();
}

bool says_of_proxy(std::string_view text, std::string_view part) {
    const std::string reason = why_no_proxy(text);
    INFO(text << " -> " << reason);
    return reason.find(part) != reason.npos;
}

}  // namespace

TEST_CASE("links to an MTProxy") {
    const std::string arguments = "proxy?server=proxy.example.org&port=8443&secret=" + secret;
    for (const char* before : {"https://t.me/", "http://t.me/", "t.me/", "https://telegram.me/",
                               "telegram.dog/", "https://www.t.me/", "tg://", "tg:", " TG://"})
        CHECK(describe_proxy(before + arguments) == "mtproxy proxy.example.org 8443 " + secret);
    CHECK(describe_proxy("tg://proxy?port=443&secret=dd" + secret + "&server=10.1.2.3") ==
          "mtproxy 10.1.2.3 443 dd" + secret);
    CHECK(describe_proxy("tg://proxy?server=::1&port=443&secret=7gEjRWeJq83vASNFZ4mrze9leGFtcGxlLm9yZw") ==
          "mtproxy ::1 443 7gEjRWeJq83vASNFZ4mrze9leGFtcGxlLm9yZw");
    CHECK(
        describe_proxy("tg://proxy?server=%5B2001:db8::1%5D&port=443&secret=ASNFZ4mrze8BI0VniavN7w%3D%3D") ==
        "mtproxy 2001:db8::1 443 ASNFZ4mrze8BI0VniavN7w==");
}

TEST_CASE("links to a SOCKS5 proxy, with and without a login") {
    CHECK(describe_proxy("https://t.me/socks?server=10.1.2.3&port=1080") == "socks 10.1.2.3 1080");
    CHECK(describe_proxy("tg://socks?server=10.1.2.3&port=1080&user=me&pass=a%26b") ==
          "socks 10.1.2.3 1080 me:a&b");
    CHECK(describe_proxy("tg://socks?server=h&port=1&user=me") == "socks h 1 me:");
}

TEST_CASE("addresses of a SOCKS5 proxy, as other programs take them") {
    CHECK(describe_proxy("socks5://10.1.2.3:1081") == "socks 10.1.2.3 1081");
    CHECK(describe_proxy("socks5h://Proxy.example.org") == "socks Proxy.example.org 1080");
    CHECK(describe_proxy("SOCKS5://me:a%40b%3ac%2F@h:1/") == "socks h 1 me:a@b:c/");
    CHECK(describe_proxy("socks5://me:a:b@c@h:1") == "socks h 1 me:a:b@c");
    CHECK(describe_proxy("socks5://me@h") == "socks h 1080 me:");
    CHECK(describe_proxy("socks5://[2001:db8::1]") == "socks 2001:db8::1 1080");
    CHECK(describe_proxy("socks5://[2001:db8::1]:9050") == "socks 2001:db8::1 9050");
    CHECK(describe_proxy("socks5://u:p@[::1]:9050") == "socks ::1 9050 u:p");
    const std::string longest(255, 'x');
    CHECK(describe_proxy("socks5://" + longest + ":" + longest + "@h:1") ==
          "socks h 1 " + longest + ":" + longest);
    for (const char* none :
         {"socks5://", "socks5://:1", "socks5://u:p@", "socks5://h/path", "socks5://h?a=b"})
        CHECK(says_of_proxy(none, "server"));
    for (const char* port :
         {"socks5://h:", "socks5://h:0", "socks5://h:65536", "socks5://h:0x50", "socks5://[::1]:x"})
        CHECK(says_of_proxy(port, "port"));
    CHECK(says_of_proxy("socks5://:secret@h", "no user name"));
    CHECK(says_of_proxy("socks5://" + longest + "x@h", "255"));
    CHECK(says_of_proxy("socks5://[[::1]]:1", "server"));
    for (const char* controlled : {"socks5://u%00:p@h", "socks5://u:%0a@h", "socks5://h%c2%9b"})
        CHECK(says_of_proxy(controlled, "control character"));
    CHECK(says_of_proxy("socks4://h:1", "only version 5"));
    CHECK(says_of_proxy("http://h:8080", "an HTTP proxy is none"));
}

TEST_CASE("what is no link to a proxy, and why") {
    CHECK(says_of_proxy("", "empty"));
    CHECK(says_of_proxy(std::string(5000, 'x'), "too long"));
    CHECK(says_of_proxy("https://t.me/durov/43", "one is https://t.me/proxy"));
    CHECK(says_of_proxy("https://example.org/proxy?server=a&port=1&secret=" + secret,
                        "one is https://t.me/proxy"));
    CHECK(says_of_proxy("https://t.me/proxy/more?server=a&port=1&secret=" + secret,
                        "one is https://t.me/proxy"));
    CHECK(says_of_proxy("https://t.me:8080/proxy?server=a&port=1&secret=" + secret,
                        "one is https://t.me/proxy"));
    CHECK(says_of_proxy("ftp://t.me/proxy?server=a&port=1&secret=" + secret, "one is https://t.me/proxy"));
    CHECK(says_of_proxy("tg://proxy?port=1&secret=" + secret, "no server"));
    CHECK(says_of_proxy("tg://proxy?server=a%20b&port=1&secret=" + secret, "server is none"));
    CHECK(says_of_proxy("tg://proxy?server=a&secret=" + secret, "port"));
    CHECK(says_of_proxy("tg://proxy?server=a&port=0&secret=" + secret, "port"));
    CHECK(says_of_proxy("tg://proxy?server=a&port=65536&secret=" + secret, "port"));
    CHECK(says_of_proxy("tg://proxy?server=a&port=80x&secret=" + secret, "port"));
    CHECK(says_of_proxy("tg://proxy?server=a&port=1", "secret is none"));
    CHECK(says_of_proxy("tg://proxy?server=a&port=1&secret=ee" + secret, "secret is none"));
    CHECK(says_of_proxy("tg://socks?server=a&port=1&pass=x", "no user name"));
    CHECK(says_of_proxy("tg://socks?server=a&port=1&user=" + std::string(256, 'x'), "255"));
    CHECK(describe_proxy("tg://socks?server=a&port=1&user=" + std::string(255, 'x')).size() == 266);
}

TEST_CASE("an error shows nothing of the secret") {
    CHECK(why_no_proxy("tg://proxy?server=a&port=0&secret=" + secret).find(secret) == std::string::npos);
    CHECK(why_no_proxy("tg://proxy?server=a&port=1&secret=x" + secret).find(secret) == std::string::npos);
}
