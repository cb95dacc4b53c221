// The client's side of SOCKS5, byte for byte.
#include "wire/socks5.hpp"

#include "streams.hpp"

#include <doctest/doctest.h>

#include <iterator>
#include <string>

using namespace mtproto;
using namespace mtproto::wire;
using test::hex;
using test::unhex;

namespace {

socks5_target ipv4() {
    socks5_target made;
    made.address = unhex("959aa733");
    made.port = 443;
    return made;
}

/// Hands an answer in whole, piece by wanted piece.
result<void> answer(socks5_client& to, std::string_view text) {
    const auto data = unhex(text);
    byte_view rest = data;
    while (!rest.empty()) {
        REQUIRE(to.wants() <= rest.size());
        REQUIRE(to.wants() > 0);
        const byte_view now = rest.first(to.wants());
        rest = rest.subspan(now.size());
        if (auto taken = to.receive(now); !taken) return taken;
    }
    return {};
}

std::string problem_with(socks5_client& client, std::string_view text) {
    const auto taken = answer(client, text);
    REQUIRE_FALSE(taken);
    CHECK(taken.error() == errc::proxy_failed);
    CHECK_FALSE(client.done());
    return std::string(client.problem());
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

}  // namespace

TEST_CASE("protocol 1.12: without a login, to an IPv4 address") {
    socks5_client client(ipv4(), {});
    CHECK(hex(client.output()) == "050100");
    CHECK(client.output().empty());
    REQUIRE(answer(client, "0500"));
    CHECK(hex(client.output()) == "05010001959aa73301bb");
    REQUIRE(answer(client,
                   "05000001"
                   "7f000001"
                   "1f90"));
    CHECK(client.done());
    CHECK(client.wants() == 0);
}

TEST_CASE("protocol 1.12: with a user name and a password, to an IPv6 address and to a name") {
    socks5_target ipv6;
    ipv6.address = unhex(
        "200106"
        "7c04e8f002000000000000000a");
    ipv6.port = 80;
    socks5_client first(ipv6, socks5_login{"me", "secret"});
    CHECK(hex(first.output()) == "05020002");
    REQUIRE(answer(first, "0502"));
    CHECK(hex(first.output()) == "01026d6506736563726574");
    REQUIRE(answer(first, "0100"));
    CHECK(hex(first.output()) == "050100042001067c04e8f002000000000000000a0050");

    socks5_target name;
    name.name = "dc.test";
    name.port = 5222;
    // The proxy may let a client with a login in without asking for it.
    socks5_client second(name, socks5_login{"me", ""});
    second.output();
    REQUIRE(answer(second, "0500"));
    CHECK(hex(second.output()) == "050100030764632e746573741466");
}

TEST_CASE("protocol 1.12: the bound address is read by its length, whatever its kind") {
    std::string longest_bound = "05000003ff";
    for (int i = 0; i < 255 + 2; ++i)
        longest_bound += "61";
    for (const char* bound : {"0500000100000000"
                              "0000",
                              "05000004"
                              "00000000000000000000000000000001"
                              "0050",
                              "05000003"
                              "09"
                              "6c6f63616c686f7374"
                              "0050",
                              "05000003"
                              "00"
                              "0050",
                              longest_bound.c_str()}) {
        CAPTURE(bound);
        socks5_client client(ipv4(), {});
        REQUIRE(answer(client, "0500"));
        REQUIRE(answer(client, bound));
        CHECK(client.done());
    }
}

TEST_CASE("protocol 1.12: the answer to the login may begin with any version: its status is what counts") {
    for (const char* answered : {"0100", "0500", "0000"}) {
        CAPTURE(answered);
        socks5_client client(ipv4(), socks5_login{"me", "secret"});
        REQUIRE(answer(client, "0502"));
        client.output();
        REQUIRE(answer(client, answered));
        CHECK(hex(client.output()) == "05010001959aa73301bb");
    }
    for (const char* refused : {"0101", "0501", "05ff"}) {
        CAPTURE(refused);
        socks5_client client(ipv4(), socks5_login{"me", "wrong"});
        REQUIRE(answer(client, "0502"));
        CHECK(contains(problem_with(client, refused), "refuses this user name and password"));
    }
}

TEST_CASE("protocol 1.12: each reply of RFC 1928 is told in words, also where nothing stands behind it") {
    constexpr const char* words[] = {"failure of its own",      "rules",          "cannot reach the network",
                                     "cannot reach the data",   "refuses",        "expired",
                                     "cannot make connections", "kind of address"};
    for (std::size_t code = 1; code <= std::size(words); ++code) {
        socks5_client client(ipv4(), {});
        CHECK(contains(problem_with(client, "0500050" + std::to_string(code)), words[code - 1]));
    }
    socks5_client strange(ipv4(), {});
    CHECK(contains(problem_with(strange, "050005f0"), "a reason of its own, 240"));
}

TEST_CASE("protocol 1.12: refusals say what they are") {
    const socks5_login login{"me", "wrong"};
    socks5_client unwanted(ipv4(), {});
    CHECK(contains(problem_with(unwanted, "05ff"), "wants a user name"));
    socks5_client no_method(ipv4(), login);
    CHECK(contains(problem_with(no_method, "05ff"), "takes no user name"));
    socks5_client wrong(ipv4(), login);
    CHECK(contains(problem_with(wrong,
                                "0502"
                                "0101"),
                   "refuses this user name and password"));
    socks5_client rules(ipv4(), {});
    CHECK(contains(problem_with(rules,
                                "0500"
                                "0502"),
                   "rules"));
    socks5_client refused(ipv4(), {});
    CHECK(contains(problem_with(refused,
                                "0500"
                                "0505"),
                   "refuses"));
    socks5_client strange(ipv4(), {});
    CHECK(contains(problem_with(strange,
                                "0500"
                                "05ee"),
                   "reason of its own"));
}

TEST_CASE("protocol 1.12: what is no SOCKS5 proxy") {
    for (const char* text : {"4854", "0400",
                             "0500"
                             "4854",
                             "0500"
                             "05000009"}) {
        CAPTURE(text);
        socks5_client client(ipv4(), socks5_login{"me", "secret"});
        CHECK(contains(problem_with(client, text), "does not speak SOCKS5"));
    }
}

TEST_CASE("protocol 1.12: a login or target that does not fit is no conversation") {
    const std::string longest(255, 'x');
    socks5_client long_login(ipv4(), socks5_login{longest, longest});
    REQUIRE(long_login.check());
    long_login.output();
    REQUIRE(answer(long_login, "0502"));
    const auto said = long_login.output();
    REQUIRE(said.size() == 3 + 2 * longest.size());
    CHECK(said[1] == std::byte{255});
    CHECK(said[2 + longest.size()] == std::byte{255});
    CHECK_FALSE(socks5_client(ipv4(), socks5_login{longest + "x", ""}).check());
    CHECK_FALSE(socks5_client(ipv4(), socks5_login{"me", longest + "x"}).check());
    CHECK_FALSE(socks5_client(ipv4(), socks5_login{"", "secret"}).check());
    CHECK_FALSE(socks5_client({}, {}).check());
    socks5_target strange;
    strange.address = unhex("010203");
    CHECK_FALSE(socks5_client(strange, {}).check());
    strange.address.clear();
    strange.name = std::string(256, 'x');
    CHECK_FALSE(socks5_client(strange, {}).check());

    socks5_client client(ipv4(), {});
    CHECK(client.receive(unhex("05")).error() == errc::bad_argument);
}
