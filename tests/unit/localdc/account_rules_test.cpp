// What is held against an account: waits, keys at two places; its takeouts; options that make no sense.
#include "known_accounts.hpp"
#include "wire/container.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace mtproto;
using namespace mtproto::localdc::testing;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace wire = mtproto::wire;

namespace {

/// Waits for the answer to `query` and acknowledges it, as clients do.
io::awaitable<void> ask_and_acknowledge(raw_client& client, bytes query) {
    const std::int64_t asked = co_await client.send(std::move(query));
    received answer;
    while (wire::constructor_of(answer.body) != wire::rpc_result_id ||
           wire::read_rpc_result(answer.body).value().req_msg_id != asked)
        answer = co_await client.next();
    tl::msgs_ack known;
    known.msg_ids.push_back(answer.msg_id);
    bytes acknowledgement = tl::encode(known);
    co_await client.send(std::move(acknowledgement), false);
}

}  // namespace

TEST_CASE("accounts: a wait is one account's, and a request within it is counted") {
    local_dc_options options = two_users_and_a_bot();
    local_flood rule;
    rule.method = "contacts.resolveUsername";
    rule.user = ann;
    options.floods = {rule};
    world here(options);
    raw_client one(here, 2);
    raw_client other(here, 2);
    here.run([](world& in, raw_client& one, raw_client& other) -> io::awaitable<void> {
        co_await one.sign_in_as_user(anns_number);
        co_await other.sign_in_as_user(bens_number);
        const bytes query = resolve_demo();
        const std::string first = co_await one.error_of(query);
        CHECK(first.empty());
        co_await ask_and_acknowledge(one, query);
        CHECK(in.cluster.counts(ann).flood_waits == 1);
        co_await in.simulation.time().sleep_for(10s);
        CHECK(in.cluster.counts(ann).early_requests == 0);
        const std::string early = co_await one.error_of(query);
        CHECK(early == "420 FLOOD_WAIT_20");
        CHECK(in.cluster.counts(ann).early_requests == 1);
        CHECK(in.cluster.counts(ann).flood_waits == 1);
        for (int i = 0; i < 3; ++i) {
            const std::string free = co_await other.error_of(query);
            CHECK(free.empty());
        }
        CHECK(in.cluster.counts(ben).early_requests == 0);
        co_await in.simulation.time().sleep_for(20s);
        const std::string over = co_await one.error_of(query);
        CHECK(over.empty());
        in.cluster.set_flood(ben, "users.getUsers", 2, 5s);
        tl::users::getUsers self;
        self.id.push_back(tl::inputUserSelf{});
        const bytes self_query = tl::encode(self);
        const std::string told = co_await other.error_of(self_query);
        CHECK(told == "420 FLOOD_WAIT_5");
        const std::string others = co_await one.error_of(self_query);
        CHECK(others.empty());
        CHECK(in.cluster.counts().flood_waits == 2);
        CHECK(in.cluster.counts().early_requests == 1);
    }(here, one, other));
}

TEST_CASE("accounts: a flood of files is told as FLOOD_WAIT to Premium, which has limits of its own") {
    local_dc_options options = two_users_and_a_bot();
    options.limits.flood_requests = 1;
    options.accounts[2].premium = true;
    std::string told;
    SUBCASE("without any") {}
    SUBCASE("with some") {
        options.accounts[2].limits.emplace().flood_requests = 1;
        told = "420 FLOOD_WAIT_";
    }
    SUBCASE("not Premium") {
        options.accounts[2].premium = false;
        told = "420 FLOOD_PREMIUM_WAIT_";
    }
    film_stage all(options);
    all.run(
        [](film_stage& at, std::string told) -> io::awaitable<void> {
            const bytes query = tl::encode(part_of(at.film, 0, 4096));
            std::string last;
            for (int i = 0; i < 3; ++i)
                last = co_await at.there.error_of(query);
            CHECK(last.substr(0, told.size()) == told);
            CHECK(last.empty() == told.empty());
            CHECK(at.here.cluster.counts(bot).parts == (told.empty() ? 3 : 2));
            CHECK(at.here.cluster.counts(bot).part_bytes == 4096 * at.here.cluster.counts(bot).parts);
        },
        told);
}

TEST_CASE("accounts: a key that two devices use at a time is dead for good, and counted once") {
    local_dc_options options = two_users_and_a_bot();
    options.key_rule = local_key_rule::one_device;
    world here(options);
    raw_client one(here, 2);
    raw_client same(here, 2);
    raw_client other(here, 2);
    here.run([](world& in, raw_client& one, raw_client& same, raw_client& other) -> io::awaitable<void> {
        co_await one.sign_in();
        std::int64_t session = 5;
        for (raw_client* each : {&same, &other}) {
            each->key = one.key;
            each->salt = one.salt;
            each->session_id = session++;
            co_await each->connect();
        }
        const bytes query = with_layer(of_a_login());
        const std::string allowed = co_await same.error_of(query);
        CHECK(allowed.empty());
        CHECK(in.cluster.counts().duplicated_keys == 0);
        const bytes elsewhere = with_layer(of_a_login(), tl::api_layer, "another device");
        const std::string punished = co_await other.error_of(elsewhere);
        CHECK(punished == "406 AUTH_KEY_DUPLICATED");
        other.stream->close();
        co_await in.simulation.time().sleep_for(1s);
        const std::string gone = co_await one.error_of(query);
        CHECK(gone == "406 AUTH_KEY_DUPLICATED");
        CHECK(in.cluster.counts().duplicated_keys == 1);
    }(here, one, same, other));
}

TEST_CASE("accounts: a takeout has a delay, wraps what belongs to it, and ends") {
    local_dc_options options = two_users_and_a_bot();
    options.takeout_delay = 100s;
    world here(options);
    raw_client client(here, 2);
    here.run([](world& in, raw_client& c) -> io::awaitable<void> {
        co_await c.sign_in_as_user(anns_number);
        const bytes begin = tl::encode(tl::account::initTakeoutSession{});
        const std::string delayed = co_await c.error_of(begin);
        CHECK(delayed == "420 TAKEOUT_INIT_DELAY_100");
        co_await in.simulation.time().sleep_for(100s);
        const bytes body = co_await c.call(begin);
        const std::int64_t id = tl::decode<tl::account::takeout>(body).value().id;
        const auto within = [](std::int64_t takeout, bytes query) {
            tl::invokeWithTakeout made;
            made.takeout_id = takeout;
            made.query = tl::raw{std::move(query)};
            return tl::encode(made);
        };
        const bytes ranges = tl::encode(tl::messages::getSplitRanges{});
        const std::string bare = co_await c.error_of(ranges);
        CHECK(bare == "403 TAKEOUT_REQUIRED");
        const bytes inside = within(id, ranges);
        const bytes ranges_body = co_await c.call(inside);
        CHECK(tl::decode<std::vector<tl::messageRange>>(ranges_body).value().size() == 1);
        tl::invokeWithMessagesRange range;
        range.range.min_id = 1;
        range.range.max_id = 9;
        range.query = tl::raw{of_a_login()};
        const bytes range_query = tl::encode(range);
        const std::string outside = co_await c.error_of(range_query);
        CHECK(outside == "400 TAKEOUT_REQUIRED");
        const bytes range_inside = within(id, range_query);
        const std::string ranged = co_await c.error_of(range_inside);
        CHECK(ranged.empty());
        const bytes wrong = within(id + 1, of_a_login());
        const std::string unknown = co_await c.error_of(wrong);
        CHECK(unknown == "400 TAKEOUT_INVALID");
        const bytes finish = within(id, tl::encode(tl::account::finishTakeoutSession{}));
        const std::string finished = co_await c.error_of(finish);
        CHECK(finished.empty());
        const std::string over = co_await c.error_of(inside);
        CHECK(over == "400 TAKEOUT_INVALID");
    }(here, client));
}

TEST_CASE("accounts: options that make no sense are refused") {
    const auto refused = [](auto change) {
        local_dc_options options = two_users_and_a_bot();
        change(options);
        CHECK_THROWS_AS(world(std::move(options)), error);
    };
    refused([](local_dc_options& of) { of.accounts[1].id = ann; });
    refused([](local_dc_options& of) { of.accounts[1].phone = anns_number; });
    refused([](local_dc_options& of) { of.accounts[1].phone.clear(); });
    refused([](local_dc_options& of) { of.accounts[1].bot_token = "7:both"; });
    refused([](local_dc_options& of) { of.accounts[1].limits.emplace().account_rate = -1; });
    refused([](local_dc_options& of) { of.accounts[1].freeze_lasts = -1s; });
    refused([](local_dc_options& of) { of.takeout_delay = -1s; });
    refused([](local_dc_options& of) { of.floods.emplace_back(); });
    refused([](local_dc_options& of) { of.private_channels.emplace_back().messages = {9}; });
    world here(two_users_and_a_bot());
    const auto& known = here.cluster.info().accounts;
    REQUIRE(known.size() == 3);
    CHECK(known[0].id == ann);
    CHECK(known[0].phone == anns_number);
    CHECK(known[0].name == "Local User");
    CHECK(known[2].id == bot);
    CHECK_THROWS_AS(here.cluster.set_flood(1, "users.getUsers", 2, 5s), error);
    CHECK_THROWS_AS(here.cluster.set_flood(ann, "users.getUsers", 2, 0s), error);
}
