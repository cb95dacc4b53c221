// The configuration of the servers: when it is fetched, and by whom.
#include "client/configuration.hpp"

#include "unit/client/asking.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <vector>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace asio = boost::asio;

namespace {

/// Answers after a second: with the next refusal, or with a configuration that is good for `life` seconds.
class scripted_home final : public core::invoker {
  public:
    explicit scripted_home(io::simulation& world) : world_(world) {}

    io::awaitable<outcome<bytes>> call(bytes, std::string_view method, core::call_options options) override {
        CHECK(method == "help.getConfig");
        CHECK(options.dc == 0);
        ++asked;
        const outcome<void> refused = refusal;
        co_await world_.time().sleep_for(1s);
        if (!refused) co_return refused.error();
        tl::config made;
        made.date = 1'750'000'000;
        made.expires = made.date + life;
        co_return tl::encode(made);
    }

    int asked = 0;
    int life = 3600;
    outcome<void> refusal;

  private:
    io::simulation& world_;
};

/// A configuration by itself.
struct one_configuration {
    one_configuration() { account.lifetime.set_connected(); }

    /// Goes on by itself; the result comes into `ended`.
    void refresh() {
        asio::co_spawn(
            world.executor(),
            [](one_configuration& self) -> io::awaitable<void> {
                outcome<void> done = co_await self.known.refresh();
                self.ended.push_back(std::move(done));
            }(*this),
            asio::detached);
    }
    void refresh_if_due() { world.run(known.refresh_if_due()); }
    void pass(duration time) {
        world.run([](io::timers& clock, duration much) -> io::awaitable<void> {
            co_await clock.sleep_for(much);
        }(world.time(), time));
    }

    crypto::seeded_random random{1};
    io::simulation world{random};
    core::account_state account{world.make_environment(), config(), nullptr, {}};
    scripted_home home{world};
    int updates = 0;
    core::configuration known{account, home, [this] { ++updates; }};
    std::vector<outcome<void>> ended;
};

}  // namespace

TEST_CASE("a configuration that is under way serves all that ask for it") {
    one_configuration one;
    for (int count = 0; count < 3; ++count)
        one.refresh();
    one.pass(2s);
    REQUIRE(one.ended.size() == 3);
    for (const outcome<void>& each : one.ended)
        CHECK(each.has_value());
    CHECK(one.home.asked == 1);
    CHECK(one.updates == 1);
}

TEST_CASE("when it cannot be had the next of those that wait asks") {
    one_configuration one;
    one.home.refusal = errc::connection_failed;
    one.refresh();
    one.refresh();
    one.refresh();
    one.world.settle();
    one.home.refusal = outcome<void>();
    one.pass(3s);
    REQUIRE(one.ended.size() == 3);
    CHECK(one.ended[0].error().code == errc::connection_failed);
    CHECK(one.ended[1].has_value());
    CHECK(one.ended[2].has_value());
    CHECK(one.home.asked == 2);
}

TEST_CASE("a configuration is good for ten minutes at least, and for a day at most") {
    for (const auto& [life, good_for] : {std::pair(1, duration(10min)), {3600, 1h}, {1'000'000, 24h}}) {
        one_configuration one;
        one.home.life = life;
        one.refresh();
        one.pass(1s);
        one.pass(good_for - 1s);
        one.refresh_if_due();
        CHECK(one.home.asked == 1);
        one.pass(1s);
        one.refresh_if_due();
        CHECK(one.home.asked == 2);
    }
}

TEST_CASE("transport error 1.6: wrong addresses are a reason to fetch it once a minute") {
    one_configuration one;
    one.refresh();
    one.world.settle();
    CHECK_FALSE(one.known.expire());  // it is under way
    one.pass(2s);
    CHECK_FALSE(one.known.expire());
    one.refresh_if_due();
    CHECK(one.home.asked == 1);
    one.pass(1min);
    CHECK(one.known.expire());
    one.refresh_if_due();
    CHECK(one.home.asked == 2);
    CHECK_FALSE(one.known.expire());
}

TEST_CASE("a closed account fetches nothing") {
    one_configuration one;
    one.account.lifetime.close();
    CHECK_FALSE(one.known.expire());
}

TEST_CASE("connecting fetches the configuration from the home data centre") {
    scripted_cluster all;
    all.connect();
    CHECK(all.dc(2).count(tl::help::getConfig::tl_id) == 1);
    CHECK(all.count(tl::help::getConfig::tl_id) == 1);
    CHECK(all.store().selected == "b25898df208d2603");  // protocol 2.13: the test cluster's key
    CHECK(ask(all).value() == nearest_answer(2));
}

TEST_CASE("errors 6: the configuration cannot be had where only it would say where that is") {
    for (const char* text : {"NETWORK_MIGRATE_9", "FILE_MIGRATE_9", "STATS_MIGRATE_9"}) {
        CAPTURE(text);
        scripted_cluster all;
        all.on_request = [&](const seen_request& what) -> std::optional<scripted_answer> {
            if (what.method != tl::help::getConfig::tl_id) return std::nullopt;
            return reply_error(303, text);
        };
        try {
            all.connect();
            FAIL("it connected");
        } catch (const error& why) {
            CHECK(why.info().rpc_code == 303);
        }
    }
}

TEST_CASE("transport error 1.6: -444 on a line has the configuration fetched again, once for all lines") {
    scripted_cluster all;
    all.connect();
    std::vector<std::shared_ptr<core::file_connection>> lines{all.line(3, 0).value(), all.line(3, 1).value()};
    pass(all, 5min);
    int wrong = 0;
    all.on_request = [&](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != nearest_id || ++wrong > 2) return std::nullopt;
        scripted_answer how;
        how.refuse = -444;
        return how;
    };
    std::vector<answer_slot> asked;
    for (const auto& each : lines)
        asked.push_back(ask_over(all, each));
    pass(all, 10s);
    for (const answer_slot& each : asked) {
        REQUIRE(each->has_value());
        CHECK((*each)->value() == nearest_answer(3));
    }
    CHECK(all.count(tl::help::getConfig::tl_id) == 2);
}

TEST_CASE("an old configuration is fetched again before the next request") {
    scripted_cluster all;
    all.connect();
    all.run([](io::timers& time) -> io::awaitable<void> { co_await time.sleep_for(2h); }(all.world().time()));
    CHECK(ask(all).has_value());
    CHECK(all.count(tl::help::getConfig::tl_id) == 2);
    CHECK(ask(all).has_value());
    CHECK(all.count(tl::help::getConfig::tl_id) == 2);
}

TEST_CASE("an old configuration that cannot be had again does not hold up every request") {
    scripted_cluster all;
    all.connect();
    pass(all, 2h);
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != tl::help::getConfig::tl_id) return std::nullopt;
        return reply_error(500, "INTERNAL");
    };
    CHECK(ask(all).has_value());
    const int tried = all.count(tl::help::getConfig::tl_id);
    CHECK(tried > 1);
    const time_point began = all.world().time().now();
    CHECK(ask(all).has_value());
    CHECK(all.world().time().now() == began);
    CHECK(all.count(tl::help::getConfig::tl_id) == tried);
    pass(all, 2min);
    CHECK(ask(all).has_value());
    CHECK(all.count(tl::help::getConfig::tl_id) > tried);
}
