// The end of a client: close(), logout(), a second login, and streams that are left.
#include "edge/served.hpp"

#include <mtproto/api.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <thread>

using namespace edge_test;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> close(client& tg) {
    co_await tg.close();
}

asio::awaitable<void> log_out(client& tg) {
    co_await tg.logout();
}

asio::awaitable<void> ask(client& tg) {
    const tl::help::getNearestDc request{};
    co_await tg.call(request);
}

asio::awaitable<void> next(byte_stream& from) {
    co_await from.next();
}

asio::awaitable<void> hash(client& tg, media film) {
    co_await tg.hashes(film);
}

struct logged_in : served {
    logged_in() : tg(context.get_executor(), settings()) {
        run(log_in(tg));
        run(find(tg, link(), film));
    }

    client tg;
    media film;
};

}  // namespace

TEST_CASE("close() waits until nothing of the client runs any more, and every later call says so") {
    logged_in here;
    byte_stream stream = here.tg.open(here.film);
    here.run(next(stream));
    const auto began = std::chrono::steady_clock::now();
    here.run(close(here.tg));
    CHECK(std::chrono::steady_clock::now() - began < 5s);
    here.run(close(here.tg));
    const std::optional<failure> called = here.failure_of(ask(here.tg));
    REQUIRE(called.has_value());
    CHECK(called->code == errc::connection_closed);
    CHECK(called->detail == "the client was closed");
    CHECK_THROWS_AS(here.tg.open(here.film), error);
    CHECK(here.failure_of(hash(here.tg, here.film))->code == errc::connection_closed);
    media again;
    CHECK(here.failure_of(find(here.tg, here.link(), again))->code == errc::connection_closed);

    // Only the cluster is left to run.
    here.servers->stop();
    here.context.restart();
    here.context.run_for(10s);  // less, when nothing is left
    CHECK(here.context.stopped());
}

TEST_CASE("streams of a client that is closed or gone throw, those that wait included") {
    for (const bool destroyed : {false, true}) {
        CAPTURE(destroyed);
        served here;
        std::optional<client> tg(std::in_place, here.context.get_executor(), here.settings());
        here.run(log_in(*tg));
        media film;
        here.run(find(*tg, here.link(), film));
        byte_stream waits = tg->open(film);
        byte_stream fresh = tg->open(film);
        byte_stream read = tg->open(film);
        here.run(next(read));
        waits.pause();
        std::optional<failure> met;
        asio::co_spawn(here.context, next(waits), [&](std::exception_ptr thrown) {
            try {
                if (thrown) std::rethrow_exception(thrown);
            } catch (const error& why) {
                met = why.info();
            }
        });
        here.context.restart();
        here.context.run_for(100ms);
        CHECK_FALSE(met.has_value());
        if (destroyed)
            tg.reset();
        else
            here.run(close(*tg));
        here.run_until([&] { return met.has_value(); });
        REQUIRE(met.has_value());
        CHECK(met->code == errc::connection_closed);
        for (byte_stream* each : {&waits, &fresh, &read}) {
            CHECK(here.failure_of(next(*each))->code == errc::connection_closed);
            CHECK(here.failure_of(read_some(*each))->code == errc::connection_closed);
            each->seek(5);
            each->pause();
            each->resume();
            CHECK(each->size() == film_size);
        }
        waits.close();
    }
}

TEST_CASE("calls under way end when the client is closed") {
    local_dc_options options;
    options.faults = {"silence@getNearestDc:1x0"};
    served here(std::move(options));
    client tg(here.context.get_executor(), here.settings());
    here.run(log_in(tg));
    std::optional<failure> met;
    asio::co_spawn(here.context, ask(tg), [&](std::exception_ptr thrown) {
        try {
            if (thrown) std::rethrow_exception(thrown);
        } catch (const error& why) {
            met = why.info();
        }
    });
    here.context.restart();
    here.context.run_for(50ms);
    here.run(close(tg));
    REQUIRE(met.has_value());
    CHECK(met->code == errc::connection_closed);
    CHECK(met->detail == "the client was closed");
}

TEST_CASE("after a logout each call and stream says that it was one") {
    logged_in here;
    byte_stream stream = here.tg.open(here.film);
    here.run(log_out(here.tg));
    for (const std::optional<failure>& met :
         {here.failure_of(ask(here.tg)), here.failure_of(next(stream)), here.failure_of(log_in(here.tg)),
          here.failure_of(log_out(here.tg))}) {
        REQUIRE(met.has_value());
        CHECK(met->code == errc::not_authorized);
        CHECK(met->detail.find("logged out") != std::string::npos);
    }
    here.run(close(here.tg));
}

TEST_CASE("a login while somebody is logged in is refused, and the login stays") {
    logged_in here;
    const std::optional<failure> met = here.failure_of(log_in(here.tg));
    REQUIRE(met.has_value());
    CHECK(met->code == errc::bad_argument);
    CHECK(met->detail.find("logged in already") != std::string::npos);
    here.run(ask(here.tg));
}

TEST_CASE("a client and its streams tell their executor") {
    logged_in here;
    CHECK(here.tg.get_executor() == here.context.get_executor());
    CHECK(here.tg.open(here.film).get_executor() == here.context.get_executor());
    CHECK_FALSE(byte_stream().get_executor());
}

TEST_CASE("a pool of threads needs a strand") {
    asio::thread_pool pool(2);
    CHECK_THROWS_AS(client(pool.get_executor(), config()), error);
    client fine(asio::make_strand(pool), config());
    asio::thread_pool one(1);
    client too(one.get_executor(), config());
}
