// Each row of the table of what errors mean for an account.
#include "rpc/rpc_error.hpp"

#include <mtproto/verdict.hpp>

#include <doctest/doctest.h>

#include <string_view>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

failure told(int code, std::string_view text) {
    const rpc::rpc_error error = rpc::parse_error(code, text);
    failure made(errc::rpc_error);
    made.rpc_code = error.code;
    made.rpc_type = error.type;
    made.value = error.value;
    return made;
}

meaning of(int code, std::string_view text) {
    return verdict_of(told(code, text)).meaning;
}

}  // namespace

TEST_CASE("errors 6: the end of a login and the end of an account are told apart, by name and not by code") {
    for (const int code : {400, 401, 406, 500}) {
        for (const char* text :
             {"AUTH_KEY_UNREGISTERED", "SESSION_EXPIRED", "SESSION_REVOKED", "AUTH_KEY_DUPLICATED"})
            CHECK(of(code, text) == meaning::session_ended);
        for (const char* text : {"USER_DEACTIVATED", "USER_DEACTIVATED_BAN"})
            CHECK(of(code, text) == meaning::account_ended);
    }
    CHECK(of(401, "ACTIVE_USER_REQUIRED") == meaning::alive);
    CHECK(of(401, "SESSION_PASSWORD_NEEDED") == meaning::alive);
    CHECK(of(406, "FILEREF_UPGRADE_NEEDED") == meaning::alive);
    CHECK(verdict_of(told(401, "SESSION_REVOKED")).pool == pool_step::leave);
    CHECK(verdict_of(told(401, "USER_DEACTIVATED_BAN")).pool == pool_step::leave);
    CHECK(verdict_of(told(406, "AUTH_KEY_DUPLICATED")).next_step ==
          "sign in again, and never copy a session that is in use");
}

TEST_CASE("errors 6: a temporary key that is gone is not the account's end") {
    for (const char* text : {"AUTH_KEY_INVALID", "AUTH_KEY_PERM_EMPTY"}) {
        CHECK(of(401, text) == meaning::rebind);
        CHECK(verdict_of(told(401, text)).pool == pool_step::stay);
    }
}

TEST_CASE("errors 6: what one account may not do another may") {
    CHECK(of(420, "FROZEN_METHOD_INVALID") == meaning::method_refused);
    CHECK(of(406, "FROZEN_METHOD_INVALID") == meaning::method_refused);
    CHECK(of(400, "FROZEN_PARTICIPANT_MISSING") == meaning::peer_refused);
    CHECK(of(400, "BOT_METHOD_INVALID") == meaning::method_refused);
    CHECK(of(400, "CHANNEL_PRIVATE") == meaning::peer_refused);
    CHECK(of(406, "CHANNEL_PRIVATE") == meaning::peer_refused);
    CHECK(verdict_of(told(420, "FROZEN_METHOD_INVALID")).pool == pool_step::other_account);
    CHECK(verdict_of(told(400, "CHANNEL_PRIVATE")).pool == pool_step::other_account);
}

TEST_CASE("errors 6: what no account mends stops") {
    CHECK(of(406, "UPDATE_APP_TO_LOGIN") == meaning::program_too_old);
    CHECK(of(400, "API_ID_INVALID") == meaning::credentials_refused);
    CHECK(of(400, "API_ID_PUBLISHED_FLOOD") == meaning::credentials_refused);
    CHECK(verdict_of(told(406, "UPDATE_APP_TO_LOGIN")).pool == pool_step::stop);
    CHECK(verdict_of(told(400, "API_ID_INVALID")).pool == pool_step::stop);
}

TEST_CASE("errors 6: refusals of a phone number, and the wish to begin again") {
    for (const auto& [code, text] :
         {std::pair(400, "PHONE_NUMBER_BANNED"), std::pair(400, "PHONE_NUMBER_FLOOD"),
          std::pair(406, "PHONE_PASSWORD_FLOOD"), std::pair(400, "PHONE_NUMBER_APP_SIGNUP_FORBIDDEN")})
        CHECK(of(code, text) == meaning::number_refused);
    CHECK(of(500, "AUTH_RESTART") == meaning::start_over);
    CHECK(of(500, "INTERNAL") == meaning::alive);
}

TEST_CASE("errors 6: a wait has a known name and a number with nothing behind it") {
    for (const char* text : {"FLOOD_WAIT_42", "FLOOD_PREMIUM_WAIT_42", "SLOWMODE_WAIT_42",
                             "2FA_CONFIRM_WAIT_42", "TAKEOUT_INIT_DELAY_42"}) {
        CAPTURE(text);
        CHECK(of(420, text) == meaning::wait);
        CHECK(verdict_of(told(420, text)).delay == 42s);
        CHECK(verdict_of(told(420, text)).pool == pool_step::wait);
    }
    CHECK(verdict_of(told(420, "FLOOD_WAIT_1")).delay == 1s);
    CHECK(verdict_of(told(420, "FLOOD_WAIT_99999999999999")).delay == 2'147'483'647s);
    CHECK(of(420, "FLOOD_WAIT_5_X") == meaning::alive);
    CHECK(of(400, "FLOOD_WAIT_5") == meaning::alive);
    for (const char* text :
         {"FLOOD_WAIT", "FLOOD_WAIT_0", "FLOOD_SKIP_FAILED_WAIT", "FLOOD_TEST_PHONE_WAIT_3"})
        CHECK(of(420, text) == meaning::back_off);
}

TEST_CASE("errors 6: what is no error of a request says nothing of the account") {
    CHECK(verdict_of(failure(errc::connection_closed)).meaning == meaning::alive);
    CHECK(verdict_of(failure()).pool == pool_step::stay);
    failure in_other_words = told(401, "SESSION_REVOKED");
    in_other_words.code = make_error_code(errc::not_authorized);
    CHECK(verdict_of(in_other_words).meaning == meaning::session_ended);
}
