// The public edge: whatever is cancelled, and whenever, ends with mtproto::error and nothing of Asio's.
#include "edge/served.hpp"
#include "unit/one_cluster/one_cluster.hpp"

#include <mtproto/api.hpp>
#include <mtproto/sink/memory.hpp>
#include <mtproto/sink/pump.hpp>
#include <mtproto/sink/resumable_file.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

using namespace mtproto;
using namespace mtproto::test;
namespace asio = boost::asio;

namespace {

struct attempt {
    asio::cancellation_signal cancel;
    bool ended = false;
    bool cancelled = false;
    std::string wrong;  ///< what came out in place of mtproto::error
};

void look_at(const std::exception_ptr& thrown, attempt& one) {
    one.ended = true;
    try {
        if (thrown) std::rethrow_exception(thrown);
    } catch (const error& known) {
        one.cancelled = known.code() == make_error_code(errc::cancelled);
    } catch (const std::exception& other) {
        one.wrong = other.what();
    }
}

/// Cancels `what` after so much time and so many turns of others.
io::awaitable<void> cancel_after(one_cluster& cluster, io::awaitable<void> what, duration time, int turns,
                                 attempt& one) {
    const asio::any_io_executor here = co_await asio::this_coro::executor;
    asio::co_spawn(here, std::move(what),
                   asio::bind_cancellation_slot(one.cancel.slot(),
                                                [&one](std::exception_ptr thrown) { look_at(thrown, one); }));
    if (time > duration{}) co_await cluster.rest(time);
    for (; turns > 0 && !one.ended; --turns)
        co_await asio::post(here, asio::use_awaitable);
    one.cancel.emit(asio::cancellation_type::terminal);
    while (!one.ended)
        co_await cluster.rest(std::chrono::milliseconds(1));
}

io::awaitable<void> dropped(asio::awaitable<void> what) {
    co_await std::move(what);
}

template <class T>
io::awaitable<void> dropped(asio::awaitable<T> what) {
    co_await std::move(what);
}

struct public_call {
    std::string name;
    std::function<io::awaitable<void>(one_cluster&)> make;
};

io::awaitable<void> read_all_of(one_cluster& cluster) {
    byte_stream stream = cluster.tg().open(cluster.file());
    while (co_await stream.next()) {
    }
}

io::awaitable<void> read_some_of(one_cluster& cluster) {
    byte_stream stream = cluster.tg().open(cluster.file());
    std::array<std::byte, 9000> into{};
    co_await stream.read_at(700'000, into);
}

io::awaitable<void> pump_all_of(one_cluster& cluster) {
    byte_stream stream = cluster.tg().open(cluster.file());
    sink::memory to(file_size);
    co_await sink::pump(stream, to);
}

/// Of a file of which a part is there.
io::awaitable<void> resume(one_cluster& cluster) {
    const std::filesystem::path name =
        std::filesystem::temp_directory_path() / ("mtproto-edge-" + std::to_string(::getpid()));
    std::ofstream(name.string() + ".part", std::ios::binary) << contents().substr(0, 1'000'000);
    sink::resumable_file to(name, sink::earlier_part::go_on);
    co_await to.resume(cluster.tg(), cluster.file());
}

const tl::help::getConfig& config_request() {
    static const tl::help::getConfig request;
    return request;
}

const std::vector<public_call>& public_calls() {
    static const std::vector<public_call> all{
        {"connect", [](one_cluster& c) { return dropped(c.tg().connect()); }},
        {"authorized", [](one_cluster& c) { return dropped(c.tg().authorized()); }},
        {"resolve", [](one_cluster& c) { return dropped(c.tg().resolve("https://t.me/demo/2")); }},
        {"hashes", [](one_cluster& c) { return dropped(c.tg().hashes(c.file())); }},
        {"call", [](one_cluster& c) { return dropped(c.tg().call(config_request())); }},
        {"next", read_all_of},
        {"read_at", read_some_of},
        {"pump", pump_all_of},
        {"resume", resume},
    };
    return all;
}

struct moment {
    duration time;
    int turns;
};

moment some_moment(std::minstd_rand& chance) {
    moment made{std::chrono::milliseconds(chance() % 3 == 0 ? 0 : chance() % 150), 0};
    made.turns = static_cast<int>(chance() % 25);
    return made;
}

}  // namespace

TEST_CASE("the public edge: every call, cancelled at any moment, ends with mtproto::error") {
    std::minstd_rand chance(4711);  // NOLINT(cert-msc51-cpp): the same moments every time
    one_cluster cluster;
    int cancelled = 0;
    constexpr int rounds = 70;
    for (int round = 0; round < rounds; ++round) {
        for (const public_call& each : public_calls()) {
            attempt one;
            const moment when = some_moment(chance);
            INFO(each.name, " after ", when.time.count(), " ns and ", when.turns, " turns");
            cluster.run(cancel_after(cluster, each.make(cluster), when.time, when.turns, one));
            REQUIRE(one.wrong == "");
            cancelled += one.cancelled;
        }
    }
    CHECK(cancelled > rounds);
    for (const char* ending : {".part", ".part.state", ".part.lock"})
        std::filesystem::remove(std::filesystem::temp_directory_path() /
                                ("mtproto-edge-" + std::to_string(::getpid()) + ending));
}

TEST_CASE("the public edge: a logout, cancelled at any moment, ends with mtproto::error") {
    std::minstd_rand chance(815);  // NOLINT(cert-msc51-cpp)
    for (int round = 0; round < 40; ++round) {
        one_cluster cluster;
        attempt one;
        const moment when = some_moment(chance);
        INFO(when.time.count(), " ns and ", when.turns, " turns");
        cluster.run(cancel_after(cluster, dropped(cluster.tg().logout()), when.time, when.turns, one));
        REQUIRE(one.wrong == "");
    }
}

TEST_CASE("the public edge: a login, cancelled at any moment, ends with mtproto::error") {
    std::minstd_rand chance(99);  // NOLINT(cert-msc51-cpp)
    edge_test::served here;
    int cancelled = 0;
    for (int round = 0; round < 40; ++round) {
        client tg(here.context.get_executor(), here.settings());
        here.run(dropped(tg.connect()));
        attempt one;
        asio::co_spawn(here.context, dropped(tg.login_bot("1:a")),
                       asio::bind_cancellation_slot(
                           one.cancel.slot(), [&](std::exception_ptr thrown) { look_at(thrown, one); }));
        here.context.restart();
        here.context.run_for(std::chrono::microseconds(chance() % 4000));
        // On the executor: co_spawn passes the signal on there, and it must be alive then.
        if (!one.ended) asio::post(here.context, [&] { one.cancel.emit(asio::cancellation_type::terminal); });
        here.run_until([&] { return one.ended; });
        REQUIRE(one.ended);
        REQUIRE(one.wrong == "");
        cancelled += one.cancelled;
    }
    CHECK(cancelled > 0);
}
