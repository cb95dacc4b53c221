// The wait that a reader is told of: floods at once, all else once it lasts.
#include "download/reader_wait.hpp"

#include "unit/download/fake_source.hpp"

#include <doctest/doctest.h>

using namespace download_test;

namespace {

struct waiting_world : world {
    waiting_world() : world(mib) { wait.begin(start); }

    std::optional<wait_info> after(duration time, bool asked = true) {
        return wait.present(start + time, *source, asked);
    }

    const time_point start = sim.time().now();
    download::reader_wait wait{false};
};

wait_info outage() {
    wait_info made;
    made.kind = wait_kind::outage;
    made.dc = 4;
    return made;
}

}  // namespace

TEST_CASE("silence is told after five seconds, since the reader waits, and only if something was asked for") {
    waiting_world w;
    CHECK_FALSE(w.after(4900ms));
    CHECK_FALSE(w.after(6s, false));
    const std::optional<wait_info> told = w.after(5s);
    REQUIRE(told);
    CHECK(told->kind == wait_kind::silence);
    CHECK(told->begin == w.start);
}

TEST_CASE("an outage is told after a second, whether anything was asked for or not") {
    waiting_world w;
    w.source->wait_of_connections = outage();
    CHECK_FALSE(w.after(900ms));
    CHECK(w.after(1s, false) == outage());
}

TEST_CASE("a flood is told at once") {
    waiting_world w;
    w.source->gate().flooded(w.start, 30s, w.start, 0);
    const std::optional<wait_info> told = w.after(0s, false);
    REQUIRE(told);
    CHECK(told->kind == wait_kind::flood);
    CHECK(told->end == w.start + 30s);
}

TEST_CASE("a pause is no wait, and what comes after it begins anew") {
    waiting_world w;
    w.wait.pause();
    CHECK_FALSE(w.after(1h));
    w.wait.resume(w.start + 1h);
    CHECK_FALSE(w.after(1h + 4s));
    CHECK(w.after(1h + 5s));
    w.wait.end();
    CHECK_FALSE(w.wait.since());
    w.wait.resume(w.start + 2h);
    CHECK_FALSE(w.wait.since());
}
