// Logins, leases and waits in a real Redis: one holder, encrypted values, a server that dies and comes back.
#include "store_redis/connection.hpp"
#include "unit/client/session_files.hpp"
#include "unit/races.hpp"
#include "unit/store_redis/redis_server.hpp"

#include <mtproto/store_redis.hpp>

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

using namespace mtproto;
using namespace std::chrono_literals;
using test::check_equal;
using test::redis_server;
using test::sample;
using test::shared_redis;

namespace {

/// Each test has accounts of its own on the shared server.
std::string fresh_account() {
    static int number = 0;
    return "account " + std::to_string(++number);
}

std::shared_ptr<session_store> store_on(const redis_server& server, const std::string& account,
                                        duration ttl = 1s) {
    auto made = redis_session(server.options(ttl), account);
    made->select("aa");
    return made;
}

store_redis::reply ask(const redis_server& server, const std::vector<std::string>& command) {
    return store_redis::connection::make(server.options()).value()->ask(command).value();
}

std::string session_key(const std::string& account) {
    return "mtproto:{aa/" + account + "}:session";
}

void holds(const failure& why, const char* words, errc code = errc::session_file) {
    CAPTURE(why.detail);
    CHECK(why.code == code);
    CHECK(why.detail.find(words) != std::string::npos);
}

/// Waits for `done` to be true, for so long at most.
template <class Done>
bool comes_true(Done done, duration patience = 5s) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!done()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

/// What a follower heard.
class heard {
  public:
    std::function<void(const shared_wait&)> listener() {
        return [this](const shared_wait& wait) {
            const std::lock_guard lock(guard_);
            waits_.push_back(wait);
        };
    }
    std::vector<shared_wait> all() {
        const std::lock_guard lock(guard_);
        return waits_;
    }

  private:
    std::mutex guard_;
    std::vector<shared_wait> waits_;
};

}  // namespace

TEST_CASE("a login in Redis comes back, and is nowhere in clear") {
    const redis_server& server = shared_redis();
    const std::string account = fresh_account();
    {
        const auto store = store_on(server, account);
        CHECK_FALSE(store->load().value().has_value());
        REQUIRE(store->save(sample()).has_value());
    }
    const std::string value = ask(server, {"GET", session_key(account)}).text;
    CHECK(value.size() > 500);
    CHECK(value.find(std::string(16, '\7')) == std::string::npos);
    const auto store = store_on(server, account);
    check_equal(*store->load().value(), sample());
    store->select("bb");
    CHECK_FALSE(store->load().value().has_value());
    store->select("aa");
    REQUIRE(store->remove().has_value());
    CHECK(ask(server, {"EXISTS", session_key(account)}).is_number(0));
}

TEST_CASE("an account in Redis is used by one at a time, and its fence grows") {
    const redis_server& server = shared_redis();
    const std::string account = fresh_account();
    auto one = store_on(server, account);
    REQUIRE(one->save(sample()).has_value());
    const std::int64_t fence = one->lease()->fence();
    const auto other = store_on(server, account);
    holds(other->load().error(), "two users of one key end the login", errc::account_in_use);
    holds(other->save(sample()).error(), "in use by another process", errc::account_in_use);
    one.reset();
    check_equal(*other->load().value(), sample());
    CHECK(other->lease()->fence() > fence);
}

TEST_CASE("a process that was killed keeps an account in Redis for the time of its lease") {
    const redis_server& server = shared_redis();
    const std::string account = fresh_account();
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto store = store_on(server, account);
        ::_exit(store->load().has_value() ? 0 : 1);
    }
    int how = 1;
    REQUIRE(::waitpid(child, &how, 0) == child);
    REQUIRE(how == 0);
    holds(store_on(server, account)->load().error(), "its lease ends in 1 s", errc::account_in_use);
    CHECK(comes_true([&] { return store_on(server, account)->load().has_value(); }, 1500ms));
}

TEST_CASE("a lease in Redis that became another's fails the write, and is lost at the next renewal") {
    const redis_server& server = shared_redis();
    const std::string account = fresh_account();
    const auto store = store_on(server, account);
    REQUIRE(store->save(sample()).has_value());
    ask(server, {"SET", "mtproto:{aa/" + account + "}:lease", "another"});
    stored_session changed = sample();
    changed.user_id = 1;
    holds(store->save(changed).error(), "lease on the account is lost", errc::account_in_use);
    CHECK(comes_true([&] { return store->lease()->state() == lease_state::lost; }));
    ask(server, {"DEL", "mtproto:{aa/" + account + "}:lease"});
    holds(store->save(changed).error(), "lease on the account is lost", errc::account_in_use);
    check_equal(*store_on(server, account)->load().value(), sample());
}

TEST_CASE("a lease that the server forgot is taken up again by its holder") {
    const redis_server& server = shared_redis();
    const std::string account = fresh_account();
    const auto store = store_on(server, account);
    REQUIRE(store->load().has_value());
    const std::string key = "mtproto:{aa/" + account + "}:lease";
    ask(server, {"DEL", key});
    REQUIRE(store->save(sample()).has_value());
    CHECK(ask(server, {"EXISTS", key}).is_number(1));
    ask(server, {"DEL", key});
    CHECK(comes_true([&] { return ask(server, {"EXISTS", key}).is_number(1); }));
    CHECK(store->lease()->state() == lease_state::held);
}

TEST_CASE("a value that is damaged, cut, moved, or under another key is refused and not replaced") {
    const redis_server& server = shared_redis();
    const std::string account = fresh_account(), elsewhere = fresh_account();
    REQUIRE(store_on(server, account)->save(sample()).has_value());
    const std::string whole = ask(server, {"GET", session_key(account)}).text;
    const auto store = store_on(server, account);
    REQUIRE(store->load().has_value());
    const auto refused = [&](const std::string& value) {
        ask(server, {"SET", session_key(account), value});
        const auto found = store->load();
        return !found && found.error().code == errc::session_file && !store->save(sample()).has_value() &&
               ask(server, {"GET", session_key(account)}).text == value;
    };
    for (std::size_t size = 1; size < whole.size(); size += 37)
        REQUIRE(refused(whole.substr(0, size)));
    for (std::size_t at = 0; at < whole.size(); at += at < 60 ? 1 : 31) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x20);
        REQUIRE(refused(changed));
    }
    CHECK(refused(std::string(70'000, 'x')));
    ask(server, {"SET", session_key(elsewhere), whole});
    holds(store_on(server, elsewhere)->load().error(), "moved it here");
    ask(server, {"DEL", session_key(elsewhere)});
    ask(server, {"LPUSH", session_key(elsewhere), whole});
    CHECK(store_on(server, elsewhere)->load().error().code == errc::session_file);
    ask(server, {"SET", session_key(account), whole});
    check_equal(*store->load().value(), sample());
    redis_options other = server.options();
    std::ofstream(server.folder() / "other") << std::string(32, 'x');
    std::filesystem::permissions(server.folder() / "other", std::filesystem::perms(0600));
    other.key_file = server.folder() / "other";
    const auto wrong = redis_session(other, fresh_account());
    wrong->select("aa");
    CHECK(wrong->load().has_value());
    ask(server, {"SET", "mtproto:{aa/" + account + "}:lease", "x", "PX", "1"});
}

TEST_CASE("a session in Redis has a name and a key, or none is made") {
    redis_options with = shared_redis().options();
    for (const char* name : {"", "a{b", "a}b", "a\nb"})
        CHECK_THROWS_AS((void)redis_session(with, name), error);
    with.key_file.clear();
    CHECK_THROWS_AS((void)redis_session(with, "me"), error);
    CHECK_THROWS_AS((void)redis_leases(redis_options("http://x")), error);
    CHECK_THROWS_AS((void)redis_waits(redis_options("redis://")), error);
}

TEST_CASE("a password is wanted, and no error repeats it") {
    const std::string password = "a-very-secret-word";
    const redis_server server(password);
    CHECK(ask(server, {"PING"}).text == "PONG");
    redis_options with = server.options();
    const auto why = [&](const std::string& who) {
        redis_options other = with;
        other.url.replace(other.url.find("://") + 3, other.url.rfind('@') - other.url.find("://") - 2, who);
        const auto taken = redis_leases(other)->take("me");
        REQUIRE_FALSE(taken.has_value());
        CHECK(taken.error().message().find("secret") == std::string::npos);
        return taken.error();
    };
    holds(why(""), "wants a password");
    holds(why(":another-secret@"), "refuses the user or the password");
    holds(why("somebody:" + password + "@"), "refuses the user or the password");
    holds(why("default:" + password + "@"), "began anew");
    with.url += "/99999";
    holds(redis_leases(with)->take("me").error(), "no database");
}

TEST_CASE("TLS proves the server, or there is no connection") {
    const redis_server server("", true);
    CHECK(ask(server, {"PING"}).text == "PONG");
    redis_options with = server.options();
    with.trusted_certificates = test::make_certificate().certificate;
    holds(redis_leases(with)->take("me").error(), "no TLS that can be trusted");
    with.trusted_certificates = "none";
    CHECK_THROWS_AS((void)redis_leases(with), error);
    with = server.options();
    with.url.replace(with.url.find("127.0.0.1"), 9, "localhost");  // not in the certificate
    holds(redis_leases(with)->take("me").error(), "no TLS that can be trusted");
    with = server.options();
    with.url.replace(0, 6, "redis");
    CHECK(redis_leases(with)->take("me").error().code == errc::session_file);
    with = shared_redis().options();
    with.url.replace(0, 5, "rediss");
    CHECK(redis_leases(with)->take("me").error().code == errc::session_file);
}

TEST_CASE("a server that is killed and comes back in time: leases go on, and nobody else gets one") {
    redis_server server;
    const duration ttl = 4s;
    test::wait_until_old_enough(server, ttl);
    const auto store = store_on(server, "me", ttl);
    REQUIRE(store->save(sample()).has_value());
    server.kill();
    holds(store->save(sample()).error(), "Redis at 127.0.0.1");
    holds(store_on(server, "you", ttl)->load().error(), "cannot be reached");
    CHECK(comes_true([&] { return store->lease()->state() == lease_state::at_risk; }));
    CHECK(store->lease()->held_until() > system_clock().now());
    server.start();
    holds(store_on(server, "me", ttl)->load().error(), "began anew");
    CHECK(comes_true([&] { return store->lease()->state() == lease_state::held; }));
    holds(store_on(server, "me", ttl)->load().error(), "in use by another process", errc::account_in_use);
    REQUIRE(store->save(sample()).has_value());
    check_equal(*store->load().value(), sample());
}

TEST_CASE("a server that stays away: the holder stops before its lease ends, and takes another one later") {
    redis_server server;
    test::wait_until_old_enough(server, 1s);
    const auto store = store_on(server, "me");
    REQUIRE(store->load().has_value());
    const std::int64_t fence = store->lease()->fence();
    server.kill();
    const time_point killed = system_clock().now();
    CHECK(comes_true([&] { return store->lease()->state() == lease_state::lost; }));
    CHECK(system_clock().now() - killed < 1s + 200ms);  // and a busy machine
    holds(store->save(sample()).error(), "lease on the account is lost", errc::account_in_use);
    server.start();
    CHECK(comes_true([&] { return store->load().has_value(); }));
    CHECK(store->lease()->fence() > fence);
}

TEST_CASE("what one process is told to wait, another learns") {
    const redis_server& server = shared_redis();
    const std::string account = fresh_account();
    const auto one = redis_waits(server.options()), other = redis_waits(server.options());
    heard now, later;
    one->publish(account, shared_wait("download", 4, 30s));
    one->publish(account, shared_wait("download", 4, 5s));  // the longer one stands
    one->publish(account, shared_wait("messages.getMessages", 2, 10s));
    one->publish("another", shared_wait("download", 1, 30s));
    REQUIRE(comes_true([&] {
        return ask(server, {"HLEN", "mtproto:{" + account + "}:waits"}).is_number(2);
    }));
    ask(server, {"HSET", "mtproto:{" + account + "}:waits", "junk", "x", "9 far", "99999999999999", "-1 a",
                 "9999999999999", "3 ", "9999999999999", "5 past", "7"});
    const auto following = other->follow(account, now.listener());
    const auto known = now.all();
    REQUIRE(known.size() == 2);
    for (const shared_wait& each : known) {
        const bool file = each.kind == "download";
        CHECK(each.dc == (file ? 4 : 2));
        CHECK(each.left > (file ? 28s : 8s));
        CHECK(each.left <= (file ? 30s : 10s));
    }
    one->publish(account, shared_wait("download", 5, 20s));
    CHECK(comes_true([&] { return now.all().size() == 3; }, 2s));
    std::this_thread::sleep_for(400ms);
    CHECK(now.all().size() == 3);  // once each
}

TEST_CASE("waits go on where a server comes back") {
    redis_server server;
    const auto one = redis_waits(server.options()), other = redis_waits(server.options());
    heard all;
    const auto following = other->follow("me", all.listener());
    server.kill();
    one->publish("me", shared_wait("download", 4, 30s));
    std::this_thread::sleep_for(100ms);
    server.start();
    REQUIRE(comes_true([&] { return !all.all().empty(); }));
    CHECK(all.all().front().left < 30s);
}

TEST_CASE("races of two processes over Redis: never two holders, and no change is lost") {
    const redis_server& server = shared_redis();
    const std::string account = fresh_account();
    const auto make = [&] { return store_on(server, account); };
    const int changes = test::race_of_two(make, test::races() / 2, server.folder(), 5);
    REQUIRE(comes_true([&] { return make()->load().has_value(); }));
    CHECK(make()->load().value()->user_id == changes);
}

TEST_CASE("races over a Redis that is killed again and again: never two holders") {
    redis_server server;
    const auto make = [&] {
        redis_options with = server.options();
        with.timeout = 100ms;
        auto made = redis_session(with, "me");
        made->select("aa");
        return made;
    };
    std::vector<::pid_t> children;
    for (unsigned each = 0; each < 2; ++each) {
        const ::pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0)
            ::_exit(static_cast<int>(
                test::race(make, test::races(), server.folder() / "witness", 70 + each, false, true)));
        children.push_back(child);
    }
    for (int i = 0; i < (test::races() > 40 ? 5 : 1); ++i) {
        std::this_thread::sleep_for(2200ms);
        server.kill();
        std::this_thread::sleep_for(100ms);
        server.start();
    }
    for (const ::pid_t child : children) {
        int how = 1;
        REQUIRE(::waitpid(child, &how, 0) == child);
        CHECK(WEXITSTATUS(how) == static_cast<int>(test::raced::good));
    }
}
