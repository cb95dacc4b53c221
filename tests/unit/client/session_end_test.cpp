// What ends a session, refuses an account, or asks for time without telling how much, met by an account.
#include "client/freeze.hpp"
#include "unit/client/asking.hpp"

#include <mtproto/verdict.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

tl::jsonObjectValue field(std::string key, double number) {
    tl::jsonNumber value;
    value.value = number;
    tl::jsonObjectValue made;
    made.key = std::move(key);
    made.value = value;
    return made;
}

tl::jsonObjectValue field(std::string key, std::string text) {
    tl::jsonString value;
    value.value = std::move(text);
    tl::jsonObjectValue made;
    made.key = std::move(key);
    made.value = std::move(value);
    return made;
}

tl::help::appConfig frozen(std::string url, double until = 1'800'000'000) {
    tl::jsonObject all;
    all.value.push_back(field("unknown", 1));
    all.value.push_back(field("freeze_since_date", 1'797'984'000));
    all.value.push_back(field("freeze_until_date", until));
    all.value.push_back(field("freeze_appeal_url", std::move(url)));
    tl::help::appConfig made;
    made.config = std::move(all);
    return made;
}

std::string words_for(tl::help::appConfig told) {
    tl::help::AppConfig whole(std::move(told));
    const auto found = core::freeze_of(whole);
    return found ? core::in_words(*found) : std::string("not frozen");
}

}  // namespace

TEST_CASE("errors 6: each end of a login ends it here, with the server's reason in words") {
    for (const auto& [code, text] :
         {std::pair(401, "AUTH_KEY_UNREGISTERED"), std::pair(401, "SESSION_EXPIRED"),
          std::pair(401, "SESSION_REVOKED"), std::pair(401, "USER_DEACTIVATED"),
          std::pair(401, "USER_DEACTIVATED_BAN"), std::pair(406, "SESSION_REVOKED"),
          std::pair(406, "AUTH_KEY_DUPLICATED"), std::pair(401, "AUTH_KEY_DUPLICATED")}) {
        CAPTURE(text);
        scripted_cluster all;
        all.connect();
        all.on_request = failing(2, 1, code, text);
        const outcome<bytes> answer = ask(all);
        REQUIRE_FALSE(answer.has_value());
        const failure& why = answer.error();
        CHECK(why.code == errc::not_authorized);
        CHECK(why.is(text));
        CHECK(why.detail.find(verdict_of(why).sentence) != std::string::npos);
        CHECK(verdict_of(why).pool == pool_step::leave);
        CHECK(all.store().kept->user_id == 0);
    }
}

TEST_CASE("errors 6: refusals of an account come back at once, and the login stays") {
    for (const auto& [code, text] :
         {std::pair(400, "FROZEN_PARTICIPANT_MISSING"), std::pair(420, "FROZEN_METHOD_INVALID"),
          std::pair(406, "FROZEN_METHOD_INVALID"), std::pair(406, "UPDATE_APP_TO_LOGIN"),
          std::pair(400, "API_ID_PUBLISHED_FLOOD"), std::pair(400, "PHONE_NUMBER_BANNED"),
          std::pair(406, "PHONE_PASSWORD_FLOOD"), std::pair(500, "AUTH_RESTART"),
          std::pair(420, "FLOOD_WAIT_5_X")}) {
        CAPTURE(text);
        scripted_cluster all;
        all.connect();
        all.on_request = failing(2, 1, code, text);
        const time_point began = all.world().time().now();
        const outcome<bytes> answer = ask(all);
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().code == errc::rpc_error);
        CHECK(all.world().time().now() - began < 1s);
        CHECK(all.count(nearest_id) == 1);
        CHECK(all.store().kept->user_id != 0);
    }
}

TEST_CASE("errors 6: a 420 that tells no time is asked again for two minutes, then comes back as it is") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 3, 420, "FLOOD_SKIP_FAILED_WAIT");
    time_point began = all.world().time().now();
    CHECK(ask(all).has_value());
    CHECK(all.world().time().now() - began >= 3500ms);
    CHECK(all.world().time().now() - began < 8s);
    const int before = all.count(nearest_id);
    all.on_request = failing(2, 1000, 420, "FLOOD_SKIP_FAILED_WAIT");
    began = all.world().time().now();
    const outcome<bytes> answer = ask(all);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().is("FLOOD_SKIP_FAILED_WAIT"));
    CHECK(answer.error().rpc_code == 420);
    CHECK(all.world().time().now() - began <= 2min);
    CHECK(all.world().time().now() - began > 30s);
    CHECK(all.count(nearest_id) - before < 12);

    scripted_cluster hasty(77, [](config& with) { with.max_wait = 2s; });
    hasty.connect();
    hasty.on_request = failing(2, 1000, 420, "SOMETHING_NEW");
    began = hasty.world().time().now();
    CHECK(ask(hasty).error().is("SOMETHING_NEW"));
    CHECK(hasty.world().time().now() - began <= 2s);
}

TEST_CASE("errors 6: a frozen account is told since when, until when, and where to appeal") {
    scripted_cluster all;
    all.connect();
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method == nearest_id) return reply_error(420, "FROZEN_METHOD_INVALID");
        if (what.method == tl::help::getAppConfig::tl_id)
            return reply(tl::encode(frozen("https://t.me/spambot")));
        return std::nullopt;
    };
    const outcome<bytes> answer = ask(all);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().is("FROZEN_METHOD_INVALID"));
    CHECK(answer.error().detail ==
          "the account is frozen since 2026-12-23, until 2027-01-15; appeal at https://t.me/spambot");
    CHECK(all.count(tl::help::getAppConfig::tl_id) == 1);
}

TEST_CASE("errors 6: of a freeze only dates and an address that can be shown are believed") {
    CHECK(words_for(frozen("https://t.me/x")).ends_with("; appeal at https://t.me/x"));
    for (const char* bad : {"", "javascript:alert(1)", "https://t.me/\x1b[2J", "https://t.me/\n"})
        CHECK(words_for(frozen(bad)).find("appeal") == std::string::npos);
    CHECK(words_for(frozen("https://" + std::string(300, 'x'))).find("appeal") == std::string::npos);
    for (const double bad : {-1.0, 1e300, std::nan("")})
        CHECK(words_for(frozen("", bad)) == "the account is frozen since 2026-12-23");
    tl::help::appConfig none;
    none.config = tl::jsonObject{};
    CHECK(words_for(std::move(none)) == "not frozen");
}
