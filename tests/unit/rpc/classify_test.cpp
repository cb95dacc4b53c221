// The taxonomy of RPC errors.
#include "rpc/classify.hpp"

#include <doctest/doctest.h>

#include <string_view>

using namespace mtproto;
using namespace mtproto::rpc;
using namespace std::chrono_literals;

namespace {

advice home(int code, std::string_view text) {
    return classify(parse_error(code, text), true);
}
advice foreign(int code, std::string_view text) {
    return classify(parse_error(code, text), false);
}

}  // namespace

TEST_CASE("protocol 6: 303 FILE_MIGRATE_X sends the file's requests to DC X") {
    CHECK(home(303, "FILE_MIGRATE_4").action == action::migrate_file);
    CHECK(home(303, "FILE_MIGRATE_4").value == 4);
}

TEST_CASE("protocol 6: 303 PHONE_, NETWORK_ and USER_MIGRATE_X make X the home DC") {
    for (const char* text : {"PHONE_MIGRATE_2", "NETWORK_MIGRATE_2", "USER_MIGRATE_2"}) {
        CAPTURE(text);
        CHECK(home(303, text).action == action::migrate_home);
        CHECK(home(303, text).value == 2);
    }
}

TEST_CASE("protocol 6: 303 STATS_MIGRATE_X sends the statistics request there") {
    CHECK(home(303, "STATS_MIGRATE_5").action == action::migrate_stats);
    CHECK(home(303, "STATS_MIGRATE_5").value == 5);
}

TEST_CASE("protocol 6: a migration to nowhere is a failure") {
    CHECK(home(303, "FILE_MIGRATE_0").action == action::fail);
    CHECK(home(303, "FILE_MIGRATE").action == action::fail);
    CHECK(home(303, "SOUL_MIGRATE_2").action == action::fail);
}

TEST_CASE("protocol 6: 400 FILE_REFERENCE_* is refreshed from the origin") {
    for (const char* text : {"FILE_REFERENCE_EXPIRED", "FILE_REFERENCE_INVALID", "FILE_REFERENCE_EMPTY",
                             "FILE_REFERENCE_2_EXPIRED"}) {
        CAPTURE(text);
        CHECK(home(400, text).action == action::refresh_file_reference);
    }
    CHECK(home(400, "FILE_REFERENCE_2_EXPIRED").value == 2);
}

TEST_CASE("protocol 6: 400 MTPROTO_CLUSTER_INVALID fetches the configuration again") {
    CHECK(home(400, "MTPROTO_CLUSTER_INVALID").action == action::refresh_config);
}

TEST_CASE("protocol 5.11: CONNECTION_NOT_INITED and CONNECTION_LAYER_INVALID ask for initConnection") {
    CHECK(home(400, "CONNECTION_NOT_INITED").action == action::init_connection);
    CHECK(home(400, "CONNECTION_LAYER_INVALID").action == action::init_connection);
}

TEST_CASE("protocol 3.5: ENCRYPTED_MESSAGE_INVALID probes the permanent key first") {
    CHECK(home(400, "ENCRYPTED_MESSAGE_INVALID").action == action::probe_key);
}

TEST_CASE("protocol 6: 401 tells a login that needs more from one that is gone") {
    CHECK(home(401, "SESSION_PASSWORD_NEEDED").action == action::need_password);
    CHECK(home(400, "SESSION_PASSWORD_NEEDED").action == action::need_password);
    CHECK(home(401, "AUTH_KEY_PERM_EMPTY").action == action::bind_again);
    CHECK(home(401, "AUTH_KEY_INVALID").action == action::bind_again);
    for (const char* text :
         {"AUTH_KEY_UNREGISTERED", "SESSION_REVOKED", "SESSION_EXPIRED", "USER_DEACTIVATED"}) {
        CAPTURE(text);
        CHECK(home(401, text).action == action::logged_out);
        CHECK(foreign(401, text).action == action::import_again);
    }
    CHECK(home(401, "ACTIVE_USER_REQUIRED").action == action::fail);
    CHECK(foreign(401, "SESSION_PASSWORD_NEEDED").action == action::need_password);
}

TEST_CASE("protocol 6: 406 AUTH_KEY_DUPLICATED ends the session, other 406 are the caller's") {
    CHECK(home(406, "AUTH_KEY_DUPLICATED").action == action::session_dead);
    CHECK(home(406, "FILEREF_UPGRADE_NEEDED").action == action::fail);
}

TEST_CASE("protocol 6: 420 waits X seconds, however many") {
    for (const char* text :
         {"FLOOD_WAIT_42", "FLOOD_PREMIUM_WAIT_42", "SLOWMODE_WAIT_42", "TAKEOUT_INIT_DELAY_42"}) {
        CAPTURE(text);
        CHECK(home(420, text).action == action::wait);
        CHECK(home(420, text).delay == 42s);
    }
    CHECK(home(420, "FLOOD_WAIT_86401").delay == 86'401s);
    CHECK(home(420, "FLOOD_WAIT_2147483647").delay == 2'147'483'647s);
    CHECK(home(420, "FLOOD_WAIT_99999999999999").delay == 2'147'483'647s);
}

TEST_CASE("protocol 6: a 420 that tells no time is asked again after a pause, for a while") {
    for (const char* text : {"FLOOD_WAIT", "FLOOD_WAIT_0", "FLOOD_SKIP_FAILED_WAIT",
                             "FLOOD_TEST_PHONE_WAIT_9", "SOMETHING_NEW"}) {
        CAPTURE(text);
        CHECK(home(420, text).action == action::back_off);
        CHECK(home(420, text).delay == 1s);
    }
    CHECK(home(420, "FLOOD_WAIT_5_X").action == action::fail);
}

TEST_CASE("protocol 6: a 420 that no waiting in a request's lifetime mends is a failure") {
    CHECK(home(420, "2FA_CONFIRM_WAIT_604800").action == action::fail);
    CHECK(home(420, "FROZEN_METHOD_INVALID").action == action::fail);
    CHECK(home(406, "FROZEN_METHOD_INVALID").action == action::fail);
    CHECK(home(500, "AUTH_RESTART").action == action::fail);
}

TEST_CASE("protocol 6: 500 and below 0 are tried again") {
    CHECK(home(-503, "Timeout").action == action::retry);
    CHECK(home(500, "Timedout").action == action::retry);
    CHECK(home(500, "RPC_CALL_FAIL").action == action::retry);
    CHECK(home(500, "RPC_MCGET_FAIL").action == action::retry);
    CHECK(home(500, "No workers running").action == action::retry);
    CHECK(home(500, "WORKER_BUSY_TOO_LONG_RETRY").delay == 1s);
}

TEST_CASE("protocol 6: a method that the server does not know is not asked for again") {
    for (const char* type : {"NOT_IMPLEMENTED", "METHOD_NOT_IMPLEMENTED", "METHOD_INVALID"})
        for (const int code : {400, 404, 500, 501})
            CHECK(home(code, type).action == action::fail);
}

TEST_CASE("protocol 6: an unknown code counts as 500") {
    CHECK(home(599, "NEVER_SEEN").action == action::retry);
    CHECK(home(429, "NEVER_SEEN").action == action::retry);
}

TEST_CASE("protocol 6: what cannot be mended is the caller's to know") {
    CHECK(home(400, "CHANNEL_INVALID").action == action::fail);
    CHECK(home(403, "CHAT_WRITE_FORBIDDEN").action == action::fail);
    CHECK(home(404, "NOT_FOUND").action == action::fail);
}
