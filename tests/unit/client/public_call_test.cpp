// client::call: what is sent twice, where to, and for how long.
#include "unit/client/scripted_cluster.hpp"

#include <mtproto/api.hpp>
#include <mtproto/client.hpp>

#include <doctest/doctest.h>

#include <optional>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;

namespace {

/// Presses a button of a bot, though its name begins with "get".
tl::messages::getBotCallbackAnswer press() {
    tl::messages::getBotCallbackAnswer made;
    made.peer = tl::inputPeerSelf{};
    made.msg_id = 1;
    return made;
}

bytes pressed() {
    return tl::encode(tl::messages::botCallbackAnswer{});
}

template <class Method>
std::optional<failure> failure_of(scripted_cluster& all, client& tg, const Method& request,
                                  call_options options = {}) {
    std::optional<failure> met;
    all.run([](client& from, const Method& what, call_options how,
               std::optional<failure>& into) -> io::awaitable<void> {
        try {
            co_await from.call(what, how);
        } catch (const error& thrown) {
            into = thrown.info();
        }
    }(tg, request, options, met));
    return met;
}

/// Drops the line at the first `times` requests, then answers.
scripted_cluster::handler losing(int times, std::uint32_t method, bytes answer) {
    return [times, method, answer](const seen_request& what) mutable -> std::optional<scripted_answer> {
        if (what.method != method) return std::nullopt;
        if (times-- <= 0) return reply(answer);
        scripted_answer lost;
        lost.drop_line = true;
        return lost;
    };
}

scripted_cluster::handler failing_inside(std::uint32_t method) {
    return [method](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != method) return std::nullopt;
        return reply_error(500, "INTERNAL");
    };
}

constexpr std::uint32_t press_id = tl::messages::getBotCallbackAnswer::tl_id;

struct connected {
    connected() { all.connect(); }

    scripted_cluster all;
    client tg{all.take_client()};
};

}  // namespace

TEST_CASE("a call whose answer is lost is not sent again, whatever its name begins with") {
    connected here;
    here.all.on_request = losing(1, press_id, pressed());
    const std::optional<failure> met = failure_of(here.all, here.tg, press());
    REQUIRE(met.has_value());
    CHECK(met->code == errc::connection_closed);
    CHECK(here.all.count(press_id) == 1);
}

TEST_CASE("a call is sent again where the library knows that it only reads, or the caller says so") {
    connected here;
    here.all.on_request = losing(1, nearest_id, nearest_answer(2));
    CHECK_FALSE(failure_of(here.all, here.tg, tl::help::getNearestDc{}).has_value());
    CHECK(here.all.count(nearest_id) == 2);

    here.all.on_request = losing(1, press_id, pressed());
    CHECK_FALSE(failure_of(here.all, here.tg, press(), {.idempotent = true}).has_value());
    CHECK(here.all.count(press_id) == 2);
}

TEST_CASE("the caller's word counts more than the library's list") {
    connected here;
    here.all.on_request = losing(1, nearest_id, nearest_answer(2));
    CHECK(failure_of(here.all, here.tg, tl::help::getNearestDc{}, {.idempotent = false}).has_value());
    CHECK(here.all.count(nearest_id) == 1);
}

TEST_CASE("errors 6: a 500 is not tried again where a request must not be carried out twice") {
    connected here;
    here.all.on_request = failing_inside(press_id);
    const std::optional<failure> met = failure_of(here.all, here.tg, press());
    REQUIRE(met.has_value());
    CHECK(met->rpc_code == 500);
    CHECK(here.all.count(press_id) == 1);
}

TEST_CASE("a call goes to the data centre that is asked for, with the authorization") {
    connected here;
    CHECK_FALSE(failure_of(here.all, here.tg, tl::help::getNearestDc{}, {.dc = 3}).has_value());
    CHECK(here.all.dc(3).count(nearest_id) == 1);
    const std::optional<failure> met = failure_of(here.all, here.tg, tl::help::getNearestDc{}, {.dc = 9});
    REQUIRE(met.has_value());
    CHECK(met->code == errc::bad_argument);
}

TEST_CASE("a call ends after its timeout, and its request is dropped on the wire") {
    connected here;
    here.all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != nearest_id) return std::nullopt;
        return scripted_answer();
    };
    const time_point began = here.all.world().time().now();
    const std::optional<failure> met =
        failure_of(here.all, here.tg, tl::help::getNearestDc{}, {.timeout = 3s});
    REQUIRE(met.has_value());
    CHECK(met->code == errc::timed_out);
    CHECK(met->method == "help.getNearestDc");
    CHECK(here.all.world().time().now() - began >= 3s);
    CHECK(here.all.world().time().now() - began < 4s);
    here.all.world().settle();
    CHECK(here.all.dc(2).dropped().size() == 1);
    here.all.on_request = nullptr;
    CHECK_FALSE(failure_of(here.all, here.tg, tl::help::getNearestDc{}, {.timeout = 3s}).has_value());
}

TEST_CASE("methods that act are on no list, and those of the library's own requests are") {
    for (const char* method :
         {"help.getConfig", "users.getUsers", "channels.getMessages", "messages.getMessages",
          "contacts.resolveUsername", "upload.getFile", "upload.getFileHashes"})
        CHECK(is_idempotent(method));
    for (const char* method : {"messages.getBotCallbackAnswer", "messages.getMessagesViews",
                               "messages.sendMessage", "auth.signIn", "getConfig", ""})
        CHECK_FALSE(is_idempotent(method));
}
