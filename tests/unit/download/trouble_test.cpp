// What servers and connections do to a download.
#include "download/failure_class.hpp"
#include "fake_source.hpp"

using namespace download_test;

TEST_CASE("failures are sorted by what they mean for a download (protocol 6)") {
    using download::classify;
    using download::failure_kind;
    CHECK(classify(rpc_failure(420, "FLOOD_WAIT", 42)).kind == failure_kind::flood);
    CHECK(classify(rpc_failure(420, "FLOOD_WAIT", 42)).wait == 42s);
    CHECK(classify(rpc_failure(420, "FLOOD_PREMIUM_WAIT", 3)).wait == 3s);
    CHECK(classify(rpc_failure(500, "INTERNAL")).kind == failure_kind::retry);
    CHECK(classify(rpc_failure(-503, "Timeout")).kind == failure_kind::retry);
    // A data centre's source follows it, so that it never comes so far.
    CHECK(classify(rpc_failure(303, "FILE_MIGRATE", 4)).kind == failure_kind::fatal);
    CHECK(classify(rpc_failure(400, "FILE_REFERENCE_EXPIRED")).kind == failure_kind::renew);
    CHECK(classify(rpc_failure(400, "OFFSET_INVALID")).kind == failure_kind::fatal);
    CHECK(classify(failure(errc::connection_closed)).kind == failure_kind::lost);
    CHECK(classify(failure(errc::bad_message_key)).kind == failure_kind::lost);
    CHECK(classify(failure(errc::malformed)).kind == failure_kind::fatal);
}

TEST_CASE("a flood wait is honoured in full by every line, and a probe goes first") {
    world w(20 * mib);
    int floods = 0;
    w.source->trouble = [&](const asked&) {
        return ++floods == 10 ? rpc_failure(420, "FLOOD_PREMIUM_WAIT", 7) : failure();
    };
    int waits = 0;
    byte_stream stream = w.open(0, -1, 0, [&](const progress& so_far) { waits = so_far.flood_waits; });
    w.sim.run(expect_all(stream, w.size));
    CHECK(waits == 1);
    // In the log: a gap of seven seconds, then one request alone, then the rest at least a round trip later.
    std::size_t after = 0;
    for (std::size_t i = 1; i < w.source->log.size(); ++i)
        if (w.source->log[i].at - w.source->log[i - 1].at >= 6900ms) after = i;
    REQUIRE(after > 0);
    CHECK(w.source->log[after].at - w.source->log[after - 1].at >= 6990ms);
    CHECK(w.source->log[after + 1].at - w.source->log[after].at >= 10ms);
}

TEST_CASE("an endless flood is waited out, never failed") {
    world w(1000);
    int floods = 0;
    w.source->trouble = [&](const asked&) {
        return ++floods <= 200 ? rpc_failure(420, "FLOOD_WAIT", 60) : failure();
    };
    byte_stream stream = w.open();
    w.sim.run(expect_all(stream, w.size));
    CHECK(w.sim.time().now().time_since_epoch() >= 200min);
}

TEST_CASE("a line that dies takes nothing with it: its parts come over the others") {
    world w(20 * mib);
    bool dead = false;
    w.source->trouble = [&](const asked& what) {
        dead = dead || what.offset > 5 * mib;
        return dead && what.connection == 1 ? failure(errc::connection_closed) : failure();
    };
    w.source->on_open = [&](int line) {
        return dead && line == 1 ? failure(errc::connection_failed) : failure();
    };
    byte_stream stream = w.open();
    w.sim.run(expect_all(stream, w.size));
}

TEST_CASE("a server that always closes ends the download with that error, in bounded time") {
    world w(20 * mib);
    w.source->trouble = [](const asked&) { return failure(errc::connection_closed); };
    byte_stream stream = w.open();
    w.sim.run(expect_failure(stream, errc::connection_closed));
    CHECK(w.sim.time().now().time_since_epoch() < 2min);
    CHECK(w.source->log.size() < 200);
}

TEST_CASE("lines that cannot be opened end the download; a login that is gone ends it at once") {
    world w(20 * mib);
    w.source->on_open = [](int) { return failure(errc::connection_failed); };
    byte_stream stream = w.open();
    w.sim.run(expect_failure(stream, errc::connection_failed));
    CHECK(w.source->opens <= 24);
    w.source->on_open = [](int) { return failure(errc::not_authorized); };
    const int before = w.source->opens;
    byte_stream other = w.open();
    w.sim.run(expect_failure(other, errc::not_authorized));
    CHECK(w.source->opens <= before + 4);
}

TEST_CASE("a server error is asked again with growing waits, a few times, and then reported") {
    world w(1000);
    w.source->trouble = [](const asked&) { return rpc_failure(500, "INTERDC_X_CALL_ERROR"); };
    byte_stream stream = w.open();
    w.sim.run(expect_failure(stream, errc::rpc_error));
    CHECK(w.source->log.size() == 7);
    // 1, 2, 4 ... 32 s, each between a half and all of it.
    CHECK(w.sim.time().now().time_since_epoch() > 31s);
    CHECK(w.sim.time().now().time_since_epoch() < 64s);
    // A seek begins anew once the server is well again.
    w.source->trouble = {};
    stream.seek(0);
    w.sim.run(expect_all(stream, 1000));
}

TEST_CASE("one hiccup that all parts under way meet is one failure to each: the first wait is the shortest") {
    world w(20 * mib);
    w.source->trouble = [&](const asked& what) {
        return what.at.time_since_epoch() < 5ms ? rpc_failure(500, "INTERNAL") : failure();
    };
    byte_stream stream = w.open();
    w.sim.run(expect_all(stream, w.size));
    CHECK(w.source->log.size() >= 40);
    CHECK(w.sim.time().now().time_since_epoch() < 1500ms);
}

TEST_CASE("an outage that one line tells of after the other is not the end of a download") {
    world w(20 * mib);
    w.source->trouble = [&](const asked& what) {
        // Lines find out one by one; a line that was dead works once it has been opened again.
        return what.at.time_since_epoch() < duration(10ms) * (what.connection + 1)
                   ? failure(errc::connection_closed)
                   : failure();
    };
    byte_stream stream = w.open();
    w.sim.run(expect_all(stream, w.size));
}

TEST_CASE("after all lines were lost for good, or a login that was gone is back, a seek begins anew") {
    for (const errc what : {errc::connection_failed, errc::not_authorized}) {
        world w(20 * mib);
        w.source->on_open = [&](int) { return failure(what); };
        byte_stream stream = w.open();
        w.sim.run(expect_failure(stream, what));
        w.source->on_open = {};
        stream.seek(0);
        w.sim.run(expect_all(stream, w.size));
    }
}

TEST_CASE("a file that moved: its other reader follows too, and waits where the file is now") {
    world w(20 * mib);
    bool flooded = false;
    w.source->trouble = [&](const asked& what) {
        if (what.version == 0) return rpc_failure(303, "FILE_MIGRATE", 4);
        return std::exchange(flooded, true) ? failure() : rpc_failure(420, "FLOOD_WAIT", 30);
    };
    w.source->delay = [](const asked& what) { return duration(10ms) + what.connection * 1ms; };
    byte_stream stream = w.open();
    boost::asio::co_spawn(
        w.sim.executor(),
        [](byte_stream& from) -> io::awaitable<void> {
            std::vector<std::byte> into(4 * mib);
            CHECK(co_await from.read_at(10 * mib, into) == into.size());
        }(stream),
        [](std::exception_ptr e) { CHECK_FALSE(e); });
    w.sim.run(expect_all(stream, w.size));
    CHECK(w.source->version() == 1);
    // What was under way when the flood was told of, and then nothing for all of the wait.
    time_point told{};
    for (const asked& one : w.source->log)
        if (one.version == 1 && told == time_point{}) told = one.at + 10ms + one.connection * 1ms;
    for (const asked& one : w.source->log)
        CHECK((one.at <= told || one.at >= told + 30s));
}

TEST_CASE("a short, empty or over-long part in the middle is refused after one more try on another line") {
    for (const int change : {-1, -4096, 1, 4096, 0}) {
        world w(8 * mib);
        w.source->twist = [&](const asked& what, bytes data) {
            if (what.offset != 2 * mib) return data;
            const std::int64_t length = static_cast<std::int64_t>(data.size()) + change;
            return content(what.offset, change == 0 ? 0 : length);
        };
        byte_stream stream = w.open();
        w.sim.run(expect_failure(stream, errc::short_part));
        CHECK(stream.position() == 2 * mib);  // all before was delivered
        std::vector<int> lines;
        for (const asked& one : w.source->log)
            if (one.offset == 2 * mib) lines.push_back(one.connection);
        REQUIRE(lines.size() == 2);
        CHECK(lines[0] != lines[1]);
    }
}

TEST_CASE("a part that is short once is asked for again and the file is whole") {
    world w(8 * mib);
    bool done = false;
    w.source->twist = [&](const asked& what, bytes data) {
        return what.offset == 2 * mib && !std::exchange(done, true) ? data.slice(0, 100) : data;
    };
    byte_stream stream = w.open();
    w.sim.run(expect_all(stream, w.size));
}

TEST_CASE("an expired file reference is renewed once for all parts (protocol 8.5)") {
    world w(40 * mib);
    w.source->trouble = [](const asked& what) {
        return what.offset > 3 * mib && what.version == 0 ? rpc_failure(400, "FILE_REFERENCE_EXPIRED")
                                                          : failure();
    };
    byte_stream stream = w.open();
    w.sim.run(expect_all(stream, w.size));
    CHECK(w.source->repairs == 1);
    std::size_t refused = 0;
    for (const asked& one : w.source->log)
        refused += one.offset > 3 * mib && one.version == 0;
    CHECK(refused <= 32);  // what was under way when the first one was refused, and no more
}

TEST_CASE("a reference that stays expired, or a document that changed, ends the download") {
    world w(4 * mib);
    w.source->trouble = [](const asked&) { return rpc_failure(400, "FILE_REFERENCE_EXPIRED"); };
    byte_stream stream = w.open();
    w.sim.run(expect_failure(stream, errc::rpc_error));
    CHECK(w.source->repairs <= 3);

    world changed(4 * mib);
    changed.source->trouble = w.source->trouble;
    changed.source->repair_fails = failure(errc::file_changed);
    byte_stream other = changed.open();
    changed.sim.run(expect_failure(other, errc::file_changed));
    CHECK(changed.source->repairs == 1);
}

TEST_CASE("a stream closed while its reference is renewed leaves nothing behind") {
    world w(4 * mib);
    w.source->trouble = [](const asked&) { return rpc_failure(400, "FILE_REFERENCE_EXPIRED"); };
    byte_stream stream = w.open();
    boost::asio::co_spawn(w.sim.executor(), expect_all(stream, 0),
                          [](std::exception_ptr e) { CHECK_FALSE(e); });
    w.sim.settle();
    w.sim.time().advance_by(100ms);
    w.sim.settle();
    CHECK(w.source->repairs == 1);
    stream.close();
}
