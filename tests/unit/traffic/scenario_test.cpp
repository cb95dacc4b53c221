// Scenarios as text.
#include "traffic/scenario.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mtproto;
using namespace mtproto::traffic;
using namespace std::chrono_literals;

namespace {

fault one(const std::string& line) {
    const auto read = parse_scenario(line);
    CAPTURE(line);
    REQUIRE_MESSAGE(read.has_value(), (read ? std::string() : read.error().detail));
    REQUIRE(read->size() == 1);
    return read->front();
}

std::string error_of(const std::string& text) {
    const auto read = parse_scenario(text);
    CAPTURE(text);
    REQUIRE(read.has_error());
    CHECK(read.error().code == make_error_code(errc::bad_argument));
    return read.error().detail;
}

}  // namespace

TEST_CASE("a scenario is a line for each fault, with comments and empty lines between") {
    const auto read = parse_scenario(
        "# what a bad evening looks like\n"
        "\n"
        "at 2s on connection 3: freeze for 10s\r\n"
        "after 40 packets on media connections: corrupt a byte   # the 41st\n"
        "on getFile 5..8: flood-wait 3");
    REQUIRE(read.has_value());
    REQUIRE(read->size() == 3);
    const fault& freeze = read->at(0);
    CHECK(freeze.kind == fault_kind::freeze);
    CHECK(freeze.time == 10s);
    CHECK(freeze.when.since_start == 2s);
    CHECK(freeze.scope.first == 3);
    CHECK(freeze.scope.last == 3);
    CHECK(freeze.times == 1);
    CHECK(freeze.line == 3);
    const fault& corrupt = read->at(1);
    CHECK(corrupt.kind == fault_kind::corrupt);
    CHECK(corrupt.when.packets == 40);
    CHECK(corrupt.scope.at == connection_scope::doors::media);
    const fault& flood = read->at(2);
    CHECK(flood.text == "420 FLOOD_WAIT_3");
    CHECK(flood.event == "getFile");
    CHECK(flood.first == 5);
    CHECK(flood.count == 4);
    CHECK(flood.times == 0);
}

TEST_CASE("every condition has its words") {
    CHECK(one("after 300ms: close").when.since_accept == 300ms);
    CHECK(one("after 2MB sent: close").when.bytes == 2'000'000);
    CHECK(one("after 3 packets received: close").when.way == direction::in);
    CHECK(one("with probability 0.25: drop").probability == doctest::Approx(0.25));
    CHECK(one("with probability 5%: drop").times == 0);
    CHECK(one("always: drop").times == 0);
    CHECK(one("on getFile: drop").times == 1);
    CHECK(one("on getFile: drop").count == 0);
    CHECK(one("on getFile 5..: drop").first == 5);
    CHECK(one("on getFile 5..: drop").count == 0);
    CHECK(one("on getFile 2 times: drop").times == 2);
    CHECK(one("on getFile 2..9 1 time: drop").times == 1);
    CHECK(one("on each DC 2 media connection: drop").scope.each);
    CHECK(one("on each DC 2 media connection: drop").scope.dc == 2);
    CHECK(one("on connections 2..4: drop").scope.last == 4);
    CHECK(one("on any connection 3 times: drop").times == 3);
}

TEST_CASE("everything that can go wrong has its word") {
    for (const std::string what : {"close",
                                   "half-close",
                                   "freeze for 2s",
                                   "silence",
                                   "transport-error 404",
                                   "drop",
                                   "drop incoming",
                                   "delay by 300ms",
                                   "delay incoming by 2s",
                                   "reorder",
                                   "duplicate",
                                   "corrupt a byte",
                                   "corrupt incoming",
                                   "truncate",
                                   "break-off",
                                   "wrong-msg-key",
                                   "wrong-length",
                                   "bad-msg 16",
                                   "bad-msg 64",
                                   "wrong-salt",
                                   "lost-session",
                                   "lost-key",
                                   "rpc-error 500 RPC_CALL_FAIL",
                                   "rpc-error -503 Timedout",
                                   "flood-wait 3",
                                   "premium-wait 3",
                                   "internal",
                                   "call-fail",
                                   "timed-out",
                                   "short-part",
                                   "short-part 4096",
                                   "long-part",
                                   "wrong-part-bytes",
                                   "wrong-hash",
                                   "expired-reference",
                                   "expired-token",
                                   "forgotten-file",
                                   "dropped-login",
                                   "wrong-nonce",
                                   "wrong-fingerprint",
                                   "dh-retry",
                                   "dh-fail"})
        one("on something: " + what);
    CHECK(one("on something: delay incoming by 2s").way == direction::in);
    CHECK(one("on something: transport-error 429").value == 429);
}

TEST_CASE("what is wrong is said with its line and column") {
    CHECK(error_of("\n\nat noon: close") == "line 3, column 4: 'noon' is no time: give 300ms, 2s or 1m");
    CHECK(error_of("on getFile 3: explode") == "line 1, column 15: 'explode' is nothing that can go wrong");
    CHECK(error_of("on getFile 3") == "line 1, column 13: here ': what goes wrong' is missing");
    CHECK(error_of("on getFile 3:") == "line 1, column 14: here what goes wrong is missing");
    CHECK(error_of(": drop") == "line 1, column 1: the condition before the colon is missing");
    CHECK(error_of("on getFile 0: drop") == "line 1, column 12: '0' is no number that counts from 1");
    CHECK(error_of("on getFile 8..5: drop") == "line 1, column 15: the range ends before it begins");
    CHECK(error_of("at 1s at 2s: drop") == "line 1, column 7: the line says so twice");
    CHECK(error_of("after 40 parsecs: drop") == "line 1, column 10: 'packets' is expected, not 'parsecs'");
    CHECK(error_of("with probability 2: drop").starts_with("line 1, column 18: '2' is no probability"));
    CHECK(error_of("always: drop it") == "line 1, column 14: 'drop' takes nothing more");
    CHECK(error_of("always: freeze") == "line 1, column 15: a time is expected, as 300ms, 2s or 1m");
    CHECK(error_of("always: bad-msg 21").starts_with("line 1, column 17: a code is expected"));
    CHECK(error_of("always: dh-fail").starts_with("line 1, column 7: a fault of the key exchange"));
    CHECK(error_of("always: truncate incoming\x01").starts_with("line 1, column 18: 'truncate' takes"));
    CHECK(error_of("always: break-off incoming").starts_with("line 1, column 19: 'break-off' takes"));
    CHECK(error_of("suddenly: drop").starts_with("line 1, column 1: 'suddenly' begins no condition"));
}
