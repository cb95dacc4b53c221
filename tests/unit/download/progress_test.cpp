// Rates and reports.
#include "download/covered_bytes.hpp"
#include "download/rate_meter.hpp"
#include "fake_source.hpp"

using namespace download_test;

TEST_CASE("a steady rate is told from the second report on, and a change is followed in seconds") {
    download::rate_meter meter;
    time_point now{1h};
    meter.add(now, 0);
    CHECK(meter.rate() == 0);
    for (int i = 0; i < 50; ++i) {
        now += 100ms;
        meter.add(now, 100'000);
        CHECK(meter.rate() > 0.9e6);
        CHECK(meter.rate() < 1.1e6);
    }
    for (int i = 0; i < 100; ++i)
        meter.add(now += 100ms, 500'000);
    CHECK(meter.rate() > 4.7e6);
    meter.add(now + 1min, 0);
    CHECK(meter.rate() < 1000);
}

TEST_CASE("bytes that are covered twice count once") {
    download::covered_bytes all;
    all.add(100, 200);
    all.add(200, 300);
    CHECK(all.count() == 200);
    all.add(50, 60);
    all.add(500, 600);
    CHECK(all.count() == 310);
    all.add(120, 130);
    all.add(250, 350);
    CHECK(all.count() == 360);
    all.add(60, 550);  // joins all of them
    CHECK(all.count() == 550);
    all.add(7, 7);
    all.add(0, 1000);
    CHECK(all.count() == 1000);
}

TEST_CASE("a file whose end is read first, and whose beginning is read twice, is 100% and no more") {
    world w(20 * mib);
    std::vector<progress> reports;
    byte_stream stream = w.open(0, -1, 0, [&](const progress& one) { reports.push_back(one); });
    w.sim.run([](byte_stream& from) -> io::awaitable<void> {
        co_await from.next();
        from.seek(19 * mib);
        while (co_await from.next()) {
        }
        from.seek(0);
        while (co_await from.next()) {
        }
    }(stream));
    REQUIRE(reports.size() >= 2);
    for (const progress& one : reports)
        CHECK(one.received <= one.total.value());
    CHECK(reports.front().received < 2 * mib);
    CHECK(reports.back().received == w.size);
}

TEST_CASE("progress is reported a few times a second and at the end, in bytes of the range") {
    world w(100 * mib);
    w.source->delay = [](const asked&) { return duration(50ms); };
    std::vector<progress> reports;
    byte_stream stream =
        w.open(mib + 7, 90 * mib + 3, 0, [&](const progress& one) { reports.push_back(one); });
    w.sim.run(expect_all(stream, 89 * mib - 4));
    REQUIRE(reports.size() >= 2);
    const double seconds = std::chrono::duration<double>(w.sim.time().now().time_since_epoch()).count();
    CHECK(static_cast<double>(reports.size()) <= seconds * 4 + 1);
    CHECK(reports.back().received == 89 * mib - 4);
    for (const progress& one : reports) {
        CHECK(one.total == 89 * mib - 4);
        CHECK(one.connections == 4);
        CHECK(one.rate > 0);
        CHECK(one.received <= one.total.value());
    }
    CHECK(reports.front().time_left().value() > duration{0});
    CHECK_FALSE(reports.back().time_left().has_value());
}
