// RPC errors' names taken apart.
#include "rpc/rpc_error.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string_view>

using namespace mtproto::rpc;

namespace {

void check(int code, std::string_view text, std::string_view type, int value) {
    CAPTURE(text);
    const rpc_error parsed = parse_error(code, text);
    CHECK(parsed.code == code);
    CHECK(parsed.type == type);
    CHECK(parsed.value == value);
}

}  // namespace

TEST_CASE("an error's trailing number is its value") {
    check(420, "FLOOD_WAIT_42", "FLOOD_WAIT", 42);
    check(303, "FILE_MIGRATE_4", "FILE_MIGRATE", 4);
    check(420, "FLOOD_PREMIUM_WAIT_3", "FLOOD_PREMIUM_WAIT", 3);
    check(420, "TAKEOUT_INIT_DELAY_86400", "TAKEOUT_INIT_DELAY", 86400);
}

TEST_CASE("an error's number in the middle is taken out (FILE_REFERENCE_n_EXPIRED, protocol 8.5)") {
    check(400, "FILE_REFERENCE_3_EXPIRED", "FILE_REFERENCE_EXPIRED", 3);
    check(400, "FILE_REFERENCE_0_INVALID", "FILE_REFERENCE_INVALID", 0);
    check(400, "FILE_PART_17_MISSING", "FILE_PART_MISSING", 17);
    check(500, "INTERDC_2_CALL_RICH_ERROR", "INTERDC_CALL_RICH_ERROR", 2);
}

TEST_CASE("an error without a number has the value 0") {
    check(400, "FILE_REFERENCE_EXPIRED", "FILE_REFERENCE_EXPIRED", 0);
    check(401, "SESSION_PASSWORD_NEEDED", "SESSION_PASSWORD_NEEDED", 0);
}

TEST_CASE("words that only contain digits among letters belong to the name") {
    check(420, "2FA_CONFIRM_WAIT_604800", "2FA_CONFIRM_WAIT", 604800);
    check(400, "MD5_CHECKSUM_INVALID", "MD5_CHECKSUM_INVALID", 0);
}

TEST_CASE("of two numbers the first is the value and neither is in the name") {
    check(400, "INPUT_METHOD_INVALID_1192227_15", "INPUT_METHOD_INVALID", 1192227);
}

TEST_CASE("texts that are no names stay as they are") {
    check(-503, "Timeout", "Timeout", 0);
    check(500, "No workers running", "No workers running", 0);
    check(500, "", "", 0);
}

TEST_CASE("numbers beyond an int stand as its largest value") {
    check(420, "FLOOD_WAIT_99999999999999999999", "FLOOD_WAIT", std::numeric_limits<int>::max());
}

TEST_CASE("odd underscores do no harm") {
    check(400, "_", "_", 0);
    check(400, "12", "", 12);
    check(400, "A__1", "A_", 1);
}
