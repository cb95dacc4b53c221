// Faults as text, and when they strike.
#include "traffic/fault.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mtproto;
using namespace mtproto::traffic;

TEST_CASE("a fault is read with its event, when it strikes and how often") {
    const fault plain = parse_fault("close@getFile").value();
    CHECK(plain == fault{fault_kind::close, "getFile", 1, 1, 0, ""});
    const fault third = parse_fault("wrong-msg-key@getFile:3").value();
    CHECK(third == fault{fault_kind::wrong_msg_key, "getFile", 3, 1, 0, ""});
    const fault often = parse_fault("short-part=4096@getFile:2x5").value();
    CHECK(often == fault{fault_kind::short_part, "getFile", 2, 5, 4096, ""});
    CHECK(parse_fault("silence@connect:1x0").value().count == 0);
}

TEST_CASE("flood waits and internal errors have short names; any other error is spelled out") {
    CHECK(parse_fault("flood-wait=7@getFile").value().text == "420 FLOOD_WAIT_7");
    CHECK(parse_fault("internal@getFile").value().text == "500 INTERNAL");
    const fault spelled = parse_fault("rpc-error=-503 Timeout@getFile:2").value();
    CHECK(spelled.kind == fault_kind::rpc_error);
    CHECK(spelled.text == "-503 Timeout");
}

TEST_CASE("what is no fault is refused") {
    for (const std::string wrong :
         {"", "close", "close@", "@getFile", "explode@getFile", "close@getFile:0", "close@getFile:x",
          "close@getFile:1xx", "close@getFile:1x", "close@getFile:", "flood-wait@getFile",
          "rpc-error@getFile", "rpc-error=FLOOD@getFile", "short-part=-1@getFile",
          "short-part=many@getFile"}) {
        CAPTURE(wrong);
        CHECK(parse_fault(wrong).has_error());
    }
}

TEST_CASE("the short spelling has every kind that scenarios have, with its value") {
    CHECK(parse_fault("freeze=1.5s@getFile").value().time == std::chrono::milliseconds(1500));
    CHECK(parse_fault("bad-msg=34@getFile").value().value == 34);
    CHECK(parse_fault("bad-msg=36@getFile").has_error());
    CHECK(parse_fault("wrong-salt@getFile").value().value == 48);
    CHECK(parse_fault("premium-wait=2@getFile").value().text == "420 FLOOD_PREMIUM_WAIT_2");
    CHECK(parse_fault("delay@getFile").has_error());
    CHECK(parse_fault("drop=3@getFile").has_error());
}
