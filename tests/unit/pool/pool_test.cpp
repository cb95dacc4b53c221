// Streams over several accounts of the local data centre: moved, striped, and their one clear error.
#include "localdc/access.hpp"
#include "unit/pool/pool_world.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <doctest/doctest.h>

#include <string>
#include <type_traits>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t mib = 1 << 20;
static_assert(std::is_base_of_v<media_opener, pool> && std::is_base_of_v<media_opener, client>);

/// Some ten seconds of film, one second of it at hand.
pool_world::options slow_lines(int accounts) {
    pool_world::options made;
    made.accounts = accounts;
    made.cluster.rtt = 80ms;
    made.cluster.limits.account_rate = 1 * mib;
    made.pool.byte_budget = 4 * mib;
    return made;
}

}  // namespace

TEST_CASE("an account whose login ends in the middle of a stream leaves, and costs no byte") {
    for (const local_account_state state :
         {local_account_state::revoked, local_account_state::banned, local_account_state::signed_out,
          local_account_state::deactivated}) {
        CAPTURE(static_cast<int>(state));
        pool_world w(slow_lines(2));
        const auto made = w.read({}, 3 * mib, [&] { w.cluster->set_state(pool_world::user(0), state); });
        CHECK(made.failed == "");
        CHECK(made.right);
        CHECK(made.bytes == 8 * mib);
        CHECK(made.longest <= 6s);
        REQUIRE(w.gone.size() == 1);
        CHECK(w.gone[0].name == pool_world::name(0));
        CHECK_FALSE(w.tg->accounts()[0].serves);
        CHECK(w.tg->find(pool_world::name(0)) == nullptr);
        CHECK(w.tg->accounts()[1].bytes > 2 * mib);
        CHECK(w.early() == 0);
    }
}

TEST_CASE("an account that falls silent is stood in for within six seconds, and stays in the pool") {
    pool_world w(slow_lines(2));
    const auto made = w.read({}, 3 * mib, [&] {
        spoiled_network::settings dead;
        dead.how = spoiled_network::mode::stall;
        w.nets[0]->set(dead);
    });
    CHECK(made.failed == "");
    CHECK(made.right);
    CHECK(made.bytes == 8 * mib);
    CHECK(made.longest <= 6s);
    CHECK(w.gone.empty());
    CHECK(w.tg->accounts()[0].serves);
    CHECK(w.early() == 0);
}

TEST_CASE("a wait that is longer than what is at hand moves the stream, and is kept") {
    pool_world w(slow_lines(2));
    const auto made = w.read(
        {}, 3 * mib, [&] { w.cluster->set_flood(pool_world::user(0), "upload.getFile", w.dc_of(2), 300s); });
    CHECK(made.failed == "");
    CHECK(made.right);
    CHECK(made.bytes == 8 * mib);
    CHECK(made.longest <= 6s);
    CHECK(w.early() == 0);
    CHECK(w.tg->accounts()[0].flood_waits == 1);
    CHECK(w.tg->accounts()[0].waits_until.has_value());
    CHECK(w.tg->accounts()[1].bytes > 2 * mib);
}

TEST_CASE("when all accounts wait the first end is told, and kept") {
    pool_world w(slow_lines(3));
    const auto made = w.read({}, 3 * mib, [&] {
        for (int i = 0; i < 3; ++i)
            w.cluster->set_flood(pool_world::user(i), "upload.getFile", w.dc_of(2), i == 1 ? 250s : 400s);
    });
    CHECK(made.failed == "");
    CHECK(made.right);
    CHECK(made.bytes == 8 * mib);
    CHECK(made.most_waiting == 3);
    CHECK(made.longest > 240s);
    CHECK(made.longest < 262s);
    CHECK(w.early() == 0);
}

TEST_CASE("a stream ends by one clear error when all accounts are gone, and by its bound of waits") {
    pool_world w(slow_lines(3));
    auto made = w.read({}, 3 * mib, [&] {
        for (int i = 0; i < 3; ++i)
            w.cluster->set_state(pool_world::user(i), local_account_state::revoked);
    });
    CHECK(made.right);
    CHECK(made.failed.find("SESSION_REVOKED") != std::string::npos);
    CHECK(made.longest <= 6s);
    CHECK(w.gone.size() == 3);
    made = w.read();
    CHECK(made.failed.find("no account of the pool is left") != std::string::npos);

    pool_world v(slow_lines(2));
    stream_options bound;
    bound.max_wait = 60s;
    made = v.read(bound, 3 * mib, [&] {
        for (int i = 0; i < 2; ++i)
            v.cluster->set_flood(pool_world::user(i), "upload.getFile", v.dc_of(2), 300s);
    });
    CHECK(made.failed.find("FLOOD_WAIT") != std::string::npos);
    CHECK(made.longest <= 6s);
    CHECK(v.early() == 0);
}

TEST_CASE("one film striped over three accounts is as fast as all of them together") {
    const auto time_of = [](int most) {
        pool_world::options how = slow_lines(3);
        how.film = 48 * mib;
        how.cluster.limits.account_rate = 2 * mib;
        how.pool.byte_budget = 16 * mib;
        pool_world w(std::move(how));
        stream_options striped;
        striped.accounts = most;
        const auto made = w.read(striped);
        CHECK(made.failed == "");
        CHECK(made.right);
        CHECK(made.bytes == 48 * mib);
        CHECK(w.early() == 0);
        if (most == 1) CHECK(w.tg->accounts()[1].bytes == 0);
        return std::chrono::duration<double>(made.took).count();
    };
    const double alone = time_of(1);
    const double striped = time_of(3);
    CHECK(alone >= 23);
    CHECK(striped <= alone / 2);
    CHECK(striped >= 7.9);  // never faster than all of them allow
}

TEST_CASE("a stream whose reader is slower than one account is brought by one") {
    pool_world::options how = slow_lines(3);
    how.film = 16 * mib;
    pool_world w(std::move(how));
    stream_options striped;
    striped.accounts = 3;
    int bring = 0;
    const auto count = [&] {
        for (const pool_account& one : w.tg->accounts())
            bring += one.streams;
    };
    const auto made = w.read(striped, 12 * mib, count, "https://t.me/demo/2", 250ms);  // a part each time
    CHECK(made.right);
    CHECK(made.bytes == 16 * mib);
    CHECK(bring == 1);
}

TEST_CASE("two films go over two accounts, and a private link to the member alone") {
    pool_world::options how = slow_lines(3);
    local_channel hidden;
    hidden.id = 1'500'000'777;
    hidden.members = {pool_world::user(2)};
    hidden.messages = {3};
    how.cluster.generated_files.push_back({"hidden.bin", 8 * mib, pool_world::film_seed});
    how.cluster.private_channels.push_back(hidden);
    pool_world w(std::move(how));
    // The others are refused, and are not asked again within the hour.
    w.resolve("https://t.me/c/1500000777/3");
    for (const int stranger : {0, 1})
        w.cluster->set_flood(pool_world::user(stranger), "messages.getDialogs", w.cluster->info().home_dc,
                             60s);
    const duration before = w.now();
    w.resolve("https://t.me/c/1500000777/3");
    CHECK(w.now() - before < 5s);
    pool_world::outcome_of_read one;
    pool_world::outcome_of_read other;
    w.run([](pool_world& in, auto& a, auto& b) -> io::awaitable<void> {
        using namespace boost::asio::experimental::awaitable_operators;
        co_await (in.read_one("https://t.me/demo/2", {}, -1, {}, {}, a) &&
                  in.read_one("https://t.me/demo/2", {}, -1, {}, {}, b));
    }(w, one, other));
    CHECK(one.right);
    CHECK(other.right);
    CHECK(w.tg->accounts()[2].bytes == 0);
    const auto made = w.read({}, -1, {}, "https://t.me/c/1500000777/3");
    CHECK(made.failed == "");
    CHECK(made.right);
    CHECK(w.tg->accounts()[2].bytes > 0);
}

TEST_CASE("what joins a stream is proved by the file's hashes") {
    pool_world::options how = slow_lines(2);
    how.pool.verification = verification::off;
    pool_world w(std::move(how));
    const auto made = w.read({}, 3 * mib, [&] {
        w.cluster->set_state(pool_world::user(0), local_account_state::revoked);
        local_dc_access::set_scenario(*w.cluster, "on getFile 8..9: wrong-part-bytes", 1);
    });
    CHECK(made.failed == "");
    CHECK(made.bytes == 8 * mib);
    CHECK(made.right);
}

TEST_CASE("a caller's cancel is no account's fault") {
    pool_world w(slow_lines(2));
    for (int i = 0; i < 5; ++i)
        w.run([](pool_world& in) -> io::awaitable<void> {
            byte_stream from = in.tg->open(co_await in.tg->resolve("https://t.me/demo/2"));
            co_await from.next();
            from.close();
        }(w));
    for (const pool_account& one : w.tg->accounts()) {
        CHECK(one.errors == 0);
        CHECK(one.streams == 0);
    }
    CHECK(w.read().right);
}

TEST_CASE("hashes come from any account, and a pool that is closed says so") {
    pool_world w(slow_lines(2));
    const media film = w.resolve("https://t.me/demo/2");
    std::vector<file_hash> told;
    const auto ask = [&] {
        w.run([](pool& from, media file, std::vector<file_hash>& into) -> io::awaitable<void> {
            into = co_await from.hashes(std::move(file));
        }(*w.tg, film, told));
    };
    ask();
    CHECK(told.size() == 64);
    w.tg->remove(pool_world::name(0));
    told.clear();
    ask();
    CHECK(told.size() == 64);
    CHECK(w.gone.size() == 1);
    byte_stream left = w.tg->open(film);
    w.run([](pool& of) -> io::awaitable<void> { co_await of.close(); }(*w.tg));
    CHECK_THROWS_AS(w.tg->open(film), error);
    CHECK_THROWS_AS(w.run([](byte_stream& of) -> io::awaitable<void> { co_await of.next(); }(left)), error);
}
