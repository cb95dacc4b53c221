// An MTProxy's secret in all the forms that links have.
#include "wire/proxy_secret.hpp"

#include "streams.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::wire;
using form = proxy_secret::form;

namespace {

constexpr const char* key_text = "0123456789abcdef0123456789abcdef";

void reads(std::string_view text, form kind, std::string_view domain = "") {
    CAPTURE(text);
    const auto made = parse_proxy_secret(text);
    REQUIRE(made);
    CHECK(made->kind == kind);
    CHECK(test::hex(made->key) == key_text);
    CHECK(made->domain == domain);
}

}  // namespace

TEST_CASE("protocol 1.8: hexadecimal, base64url and base64, plain, dd and ee") {
    reads(key_text, form::plain);
    reads("0123456789ABCDEF0123456789ABCDEF", form::plain);
    reads("ASNFZ4mrze8BI0VniavN7w", form::plain);
    reads("ASNFZ4mrze8BI0VniavN7w==", form::plain);
    reads(std::string("dd") + key_text, form::padded);
    reads("3QEjRWeJq83vASNFZ4mrze8", form::padded);
    reads("3QEjRWeJq83vASNFZ4mrze8=", form::padded);
    reads(std::string("ee") + key_text + "6578616d706c652e6f7267", form::fake_tls, "example.org");
    reads("7gEjRWeJq83vASNFZ4mrze9leGFtcGxlLm9yZw", form::fake_tls, "example.org");
}

TEST_CASE("protocol 1.8: both alphabets of base64") {
    for (const char* text : {"--__--__--__--__--__-w", "++//++//++//++//++//+w=="}) {
        const auto made = parse_proxy_secret(text);
        REQUIRE(made);
        CHECK(test::hex(made->key) == "fbeffffbeffffbeffffbeffffbeffffb");
    }
}

TEST_CASE("protocol 1.8: at most 182 bytes of the domain are used") {
    std::string text = std::string("ee") + key_text;
    for (int i = 0; i < 200; ++i)
        text += "61";
    const auto made = parse_proxy_secret(text);
    REQUIRE(made);
    CHECK(made->domain == std::string(182, 'a'));
}

TEST_CASE("protocol 1.8: what is no secret") {
    const std::string key = key_text;
    for (const std::string& text :
         {std::string(), std::string("0"), key.substr(2), key + "00", "dd" + key + "00", "ee" + key,
          "cc" + key, "ee" + key + "00", "ee" + key + "6578 61", std::string("not a secret, not a secret"),
          key + "g0", std::string("ASNFZ4mrze8BI0VniavN7w==="), std::string(5000, 'a'),
          std::string("\0\0\0", 3)}) {
        CAPTURE(text);
        CHECK(parse_proxy_secret(text).error() == errc::malformed);
    }
}
