// When accounts join a stream, leave it, stand in for others, and take over: a pure machine.
#include "pool/stream_watch.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::pooling;
using namespace std::chrono_literals;

namespace {

/// A stream that is looked at each quarter of a second.
struct stream {
    stream() {
        seen.now = time_point{1h};
        seen.wants_more = true;
    }
    /// Lets time pass, in which so many bytes come in each second: what was to be changed first, and when.
    change pass(duration time, double rate) {
        for (const time_point end = seen.now + time; seen.now < end;) {
            seen.now += stream_watch::interval;
            const auto came = static_cast<std::int64_t>(rate / 4);
            seen.brought += came;
            seen.position += came;
            if (const change made = watch.look(seen); made != change::none) return made;
        }
        return change::none;
    }

    observation seen;
    stream_watch watch{30s};
};

}  // namespace

TEST_CASE("a wait moves a stream when it is longer than what is at hand") {
    stream one;
    CHECK(one.pass(5s, 1e6) == change::none);
    one.seen.ahead = 10'000'000;  // ten seconds of it
    one.seen.waits_until = one.seen.now + 9s;
    CHECK(one.watch.look(one.seen) == change::none);
    one.seen.waits_until = one.seen.now + 12s;
    CHECK(one.watch.look(one.seen) == change::move);
    one.seen.ahead = 0;
    one.seen.waits_until = one.seen.now + 3s;
    CHECK(one.watch.look(one.seen) == change::move);
    one.seen.waits_until = one.seen.now + 900ms;  // over before another would bring anything
    CHECK(one.watch.look(one.seen) == change::none);
}

TEST_CASE(
    "a wait beyond the pool's patience moves a stream, whatever is at hand; not one that wants nothing") {
    stream one;
    CHECK(one.pass(5s, 1e6) == change::none);
    one.seen.ahead = 100'000'000;
    one.seen.waits_until = one.seen.now + 31s;
    CHECK(one.watch.look(one.seen) == change::move);
    one.seen.wants_more = false;
    CHECK(one.watch.look(one.seen) == change::none);
}

TEST_CASE("another account stands in after three seconds of silence, while the reader waits") {
    stream one;
    one.seen.reader_waits = true;
    CHECK(one.pass(4s, 1e6) == change::none);
    const time_point last = one.seen.now;
    CHECK(one.pass(10s, 0) == change::stand_in);
    CHECK(one.seen.now - last == 3s);
    CHECK(one.pass(2s, 0) == change::none);
    CHECK(one.pass(2s, 0) == change::stand_in);  // that one is silent, too
    one.seen.reader_waits = false;
    CHECK(one.pass(60s, 0) == change::none);
    one.seen.reader_waits = true;
    one.seen.waits_until = one.seen.now + 800ms;
    CHECK(one.pass(500ms, 0) == change::none);
}

TEST_CASE("silence before the first byte is longer: keys are made then") {
    stream one;
    one.seen.reader_waits = true;
    const time_point begun = one.seen.now;
    CHECK(one.pass(20s, 0) == change::stand_in);
    CHECK(one.seen.now - begun == 5s + stream_watch::interval);
}

TEST_CASE("accounts join while the reader waits for bytes that come") {
    stream one;
    one.seen.most_accounts = 3;
    CHECK(one.pass(10s, 10e6) == change::none);  // the reader waits for nothing
    one.seen.reader_waits = true;
    const time_point from = one.seen.now;
    CHECK(one.pass(5s, 10e6) == change::join);
    CHECK(one.seen.now - from == 500ms);
    one.seen.accounts = 2;
    CHECK(one.pass(5s, 18e6) == change::join);
    one.seen.accounts = 3;
    CHECK(one.pass(8s, 28e6) == change::none);
}

TEST_CASE("accounts that bring nothing more leave, and are tried again ever later") {
    stream one;
    one.seen.most_accounts = 2;
    one.seen.reader_waits = true;
    duration rest = 0s;
    for (int i = 0; i < 3; ++i) {
        const time_point from = one.seen.now;
        CHECK(one.pass(10min, 10e6) == change::join);
        const duration waited = one.seen.now - from;
        CHECK(waited >= rest);
        rest = i == 0 ? 29s : rest * 2;
        one.seen.accounts = 2;
        CHECK(one.pass(10s, 10.5e6) == change::separate);
        one.seen.accounts = 1;
    }
}

TEST_CASE("accounts leave a reader that has become slow") {
    stream one;
    one.seen.most_accounts = 2;
    one.seen.reader_waits = true;
    CHECK(one.pass(2s, 10e6) == change::join);
    one.seen.accounts = 2;
    CHECK(one.pass(5s, 20e6) == change::none);
    one.seen.reader_waits = false;
    const time_point from = one.seen.now;
    CHECK(one.pass(60s, 5e6) == change::separate);
    CHECK(one.seen.now - from >= 9s);
}

TEST_CASE("one account alone is all that a stream asks for by default") {
    stream one;
    one.seen.reader_waits = true;
    CHECK(one.pass(60s, 10e6) == change::none);
}
