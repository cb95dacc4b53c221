// The choice among accounts, their circuits, and what they were denied: pure machines.
#include "pool/account_choice.hpp"

#include "pool/account_step.hpp"
#include "pool/circuit_breaker.hpp"
#include "pool/denials.hpp"
#include "pool/file_book.hpp"
#include "pool/learned_rate.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::pooling;
using namespace std::chrono_literals;

namespace {

constexpr time_point now{1h};
using indices = std::vector<std::size_t>;

}  // namespace

TEST_CASE("an account that has left, or may not see the chat, is not asked") {
    std::vector<candidate> all(3);
    all[0].present = false;
    all[1].sees = false;
    const choice made = choose(all, 0, now);
    CHECK(made.order == indices{2});
    CHECK(made.waiting.empty());
    all[2].present = false;
    CHECK(choose(all, 0, now).order.empty());
}

TEST_CASE("an account is not asked within its wait; the first end is told") {
    std::vector<candidate> all(4);
    all[0].waits_until = now + 20s;
    all[1].waits_until = now + 10s;
    all[2].waits_until = now;  // over
    all[3].waits_until = now + 5s;
    all[3].sees = false;
    const choice made = choose(all, 0, now);
    CHECK(made.order == indices{2});
    CHECK(made.waiting == indices{1, 0});
    CHECK(made.first_end == now + 10s);
    CHECK(choose(all, 0, now + 10s).order == indices{1, 2});
}

TEST_CASE("premium accounts come first for large files alone") {
    std::vector<candidate> all(2);
    all[1].premium = true;
    CHECK(choose(all, large_file, now).order == indices{1, 0});
    CHECK(choose(all, large_file - 1, now).order == indices{0, 1});
    CHECK(choose(all, 0, now).order == indices{0, 1});
}

TEST_CASE("the least expected time is that of streams by rate") {
    std::vector<candidate> all(3);
    all[0].rate = 20e6;
    all[0].streams = 3;
    all[1].rate = 10e6;
    all[1].streams = 0;
    all[2].streams = 0;  // nothing is known: as the others in the mean, 15 MB/s
    CHECK(choose(all, 1, now).order == indices{2, 1, 0});
    all[0].streams = 0;
    CHECK(choose(all, 1, now).order == indices{0, 2, 1});
}

TEST_CASE("an account whose circuit is open comes last, and comes all the same") {
    std::vector<candidate> all(2);
    all[0].broken = true;
    all[0].premium = true;
    CHECK(choose(all, large_file, now).order == indices{1, 0});
}

TEST_CASE("a circuit opens after three failures within a minute, and closes after a trial that succeeds") {
    circuit_breaker one;
    one.failed(now);
    one.failed(now + 61s);
    one.failed(now + 62s);
    CHECK_FALSE(one.open(now + 62s));  // the first is long ago
    one.failed(now + 63s);
    CHECK(one.open(now + 63s));
    const time_point trial = now + 63s + circuit_breaker::first_rest;
    CHECK(one.open(trial - 1ns));
    CHECK_FALSE(one.open(trial));
    one.asked(trial);
    CHECK(one.open(trial));  // one trial at a time
    one.succeeded();
    CHECK_FALSE(one.open(trial));
    one.failed(trial);
    one.failed(trial);
    CHECK_FALSE(one.open(trial));
}

TEST_CASE("a circuit rests twice as long after each trial that fails") {
    circuit_breaker one;
    for (int i = 0; i < 3; ++i)
        one.failed(now);
    time_point trial = now + circuit_breaker::first_rest;
    one.failed(trial - 1s);  // it was under way: it says nothing new
    CHECK_FALSE(one.open(trial));
    for (int i = 1; i < 10; ++i) {
        one.asked(trial);
        one.failed(trial);
        const duration rest =
            std::min<duration>(circuit_breaker::first_rest * (1 << i), circuit_breaker::longest_rest);
        CHECK(one.open(trial + rest - 1ns));
        trial += rest;
        CHECK_FALSE(one.open(trial));
    }
}

TEST_CASE("a trial that the caller has cancelled neither opens nor closes a circuit") {
    circuit_breaker one;
    for (int i = 0; i < 20; ++i)
        one.cancelled();
    CHECK_FALSE(one.open(now));
    for (int i = 0; i < 3; ++i)
        one.failed(now);
    const time_point trial = now + circuit_breaker::first_rest;
    one.asked(trial);
    one.cancelled();
    CHECK_FALSE(one.open(trial));
    CHECK(one.open(trial - 1s));
}

TEST_CASE("a caller's cancel is not the data centre's fault, nor is what the server says of the file") {
    CHECK_FALSE(is_of_data_centre(failure(errc::cancelled)));
    CHECK_FALSE(is_of_data_centre(failure(errc::not_found)));
    CHECK_FALSE(is_of_data_centre(failure(errc::bad_part)));
    CHECK(is_of_data_centre(failure(errc::timed_out)));
    CHECK(is_of_data_centre(failure(errc::connection_failed)));
    failure told(errc::rpc_error);
    told.rpc_code = 400;
    told.rpc_type = "FILE_ID_INVALID";
    CHECK_FALSE(is_of_data_centre(told));
    CHECK(step_after(told) == account_step::stay);
    told.rpc_code = -503;
    told.rpc_type = "Timedout";
    CHECK(is_of_data_centre(told));
}

TEST_CASE("an error's name says what becomes of the account, whatever its code") {
    failure told(errc::rpc_error);
    for (const int code : {400, 401, 406, 420}) {
        told.rpc_code = code;
        for (const char* name : {"SESSION_REVOKED", "AUTH_KEY_DUPLICATED", "USER_DEACTIVATED_BAN"}) {
            told.rpc_type = name;
            CHECK(step_after(told) == account_step::leave);
        }
        told.rpc_type = "CHANNEL_PRIVATE";
        CHECK(step_after(told) == account_step::not_here);
        told.rpc_type = "FROZEN_METHOD_INVALID";
        CHECK(step_after(told) == account_step::frozen);
    }
    told.rpc_type = "FLOOD_WAIT";
    told.value = 5;
    CHECK(step_after(told) == account_step::wait);
    CHECK(step_after(failure(errc::not_authorized)) == account_step::leave);
    CHECK(step_after(failure(errc::cancelled)) == account_step::stay);
}

TEST_CASE("what an account was denied is remembered for an hour, of that account and chat alone") {
    denials all;
    all.add(1, "c/5", now);
    CHECK(all.holds(1, "c/5", now + 1h - 1ns));
    CHECK_FALSE(all.holds(1, "c/5", now + 1h));
    CHECK_FALSE(all.holds(2, "c/5", now));
    CHECK_FALSE(all.holds(1, "c/6", now));
    all.forget(1, "c/5");
    CHECK_FALSE(all.holds(1, "c/5", now));
    for (std::size_t i = 0; i < denials::most + 5; ++i)
        all.add(3, std::to_string(i), now);
    CHECK(all.holds(3, std::to_string(denials::most + 4), now));
}

TEST_CASE("an account's rate is that of its best second; one in which it was idle says nothing") {
    learned_rate one;
    CHECK(one.rate() == 0);
    for (int i = 0; i <= 20; ++i)
        one.add(now + i * 100ms, 1'000'000);
    CHECK(one.rate() == doctest::Approx(10e6));
    one.add(now + 1min, 1'000'000);
    for (int i = 0; i <= 20; ++i)
        one.add(now + 1min + i * 100ms, 100'000);
    CHECK(one.rate() == doctest::Approx(10e6));
}

TEST_CASE("a file has one entry for all accounts, and a location for each") {
    file_book book;
    media film;
    film.dc = 2;
    film.location.id = 77;
    film.location.access_hash = 1;
    film.location.channel_id = 5;
    film.location.message_id = 9;
    CHECK(book.of(film).link == "https://t.me/c/5/9");  // from elsewhere: a member's way to it
    CHECK(book.of(film).chat == "c/5");
    media other = film;
    other.location.id = 78;
    media quality = other;
    quality.location.id = 79;
    other.qualities.push_back(quality);
    book.note(0, other, "https://t.me/Durov/43");
    CHECK(book.of(other).chat == "durov");
    CHECK(book.of(quality).chat == "durov");
    other.location.access_hash = 2;
    book.note(1, other, "https://t.me/durov/43");
    CHECK(book.for_account(0, other).location.access_hash == 1);
    CHECK(book.for_account(1, film.location.id == 77 ? other : film).location.access_hash == 2);
    book.forget_account(0);
    CHECK(book.of(other).locations.size() == 1);
    for (std::int64_t i = 0; i < 5'000; ++i) {
        film.location.id = 1'000 + i;
        book.note(0, film, "https://t.me/durov/43");
    }
    CHECK(book.of(other).locations.empty());  // the oldest went
}
