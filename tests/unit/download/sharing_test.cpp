// Several readers of one document: one request serves all, recent blocks serve again.
#include "shared_world.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <optional>

using namespace download_test;
using download::shared_answer;

namespace {

/// One fetch in the background.
struct fetching {
    std::optional<download::reply<shared_answer>> answer;
    boost::asio::cancellation_signal stop;
};

io::awaitable<void> fetch_into(std::shared_ptr<download::shared_file> file, std::shared_ptr<fetching> into,
                               std::shared_ptr<fake_source> from, std::int64_t offset, std::int32_t limit,
                               const void* reader) {
    into->answer = co_await download::shared_file::fetch(file, reader, from, 0, offset, limit);
}

std::shared_ptr<fetching> fetch(shared_world& w, std::int64_t offset, std::int64_t limit,
                                const void* reader = nullptr) {
    auto made = std::make_shared<fetching>();
    boost::asio::co_spawn(w.sim.executor(),
                          fetch_into(w.file(), made, w.source, offset, static_cast<std::int32_t>(limit),
                                     reader ? reader : made.get()),
                          boost::asio::bind_cancellation_slot(made->stop.slot(), boost::asio::detached));
    w.sim.settle();
    return made;
}

void cancel(shared_world& w, fetching& which) {
    which.stop.emit(boost::asio::cancellation_type::terminal);
    w.sim.settle();
}

void check_brought(const fetching& what, std::int64_t offset, std::int64_t length, bool own_request) {
    REQUIRE(what.answer);
    REQUIRE(what.answer->has_value());
    const shared_answer& got = **what.answer;
    CHECK(got.data.size() == static_cast<std::size_t>(length));
    CHECK(is_content(offset, got.data));
    CHECK(got.own_request == own_request);
}

io::awaitable<void> read_exactly(byte_stream& from, std::int64_t offset, std::size_t count) {
    std::vector<std::byte> into(count);
    const std::size_t got = co_await from.read_at(offset, into);
    CHECK(got == count);
    CHECK(is_content(offset, into));
}

io::awaitable<void> read_some(byte_stream& from, int parts) {
    for (int i = 0; i < parts; ++i) {
        const std::optional<chunk> part = co_await from.next();
        REQUIRE(part);
        REQUIRE(is_content(part->offset, part->data));
    }
}

}  // namespace

TEST_CASE("what another reader has under way is waited for, what it has got is there at once") {
    shared_world w(4 * mib);
    const auto first = fetch(w, mib, mib);
    const auto inside = fetch(w, mib + 64 * kib, 128 * kib);
    CHECK(w.source->log.size() == 1);
    w.pass(100ms);
    check_brought(*first, mib, mib, true);
    check_brought(*inside, mib + 64 * kib, 128 * kib, false);
    const auto later = fetch(w, mib + 512 * kib, 512 * kib);
    check_brought(*later, mib + 512 * kib, 512 * kib, false);
    CHECK(w.source->log.size() == 1);
}

TEST_CASE(
    "one request of another reader serves all that a stream wants of it, but not the same a second time") {
    shared_world w(4 * mib);
    fetch(w, 0, mib);
    const int stream = 0;
    const auto one = fetch(w, 0, 128 * kib, &stream);
    const auto next = fetch(w, 128 * kib, 128 * kib, &stream);
    CHECK(w.source->log.size() == 1);
    const auto late = fetch(w, 128 * kib, 128 * kib, &stream);
    CHECK(w.source->log.size() == 2);
    w.pass(100ms);
    check_brought(*one, 0, 128 * kib, false);
    check_brought(*next, 128 * kib, 128 * kib, false);
    check_brought(*late, 128 * kib, 128 * kib, true);
}

TEST_CASE("several pieces make one answer, here or under way; a gap among them does not") {
    shared_world w(4 * mib);
    fetch(w, 0, 128 * kib);
    w.pass(100ms);
    fetch(w, 128 * kib, 128 * kib);
    const auto across = fetch(w, 64 * kib, 128 * kib);
    const auto beyond = fetch(w, 128 * kib, 256 * kib);
    CHECK(w.source->log.size() == 3);
    w.pass(100ms);
    check_brought(*across, 64 * kib, 128 * kib, false);
    check_brought(*beyond, 128 * kib, 256 * kib, true);
}

TEST_CASE("one reader that goes away does not disturb the others; the last takes the request along") {
    shared_world w(4 * mib);
    const auto first = fetch(w, 0, mib);
    const auto second = fetch(w, 0, mib);
    const auto third = fetch(w, 0, 4 * kib);
    cancel(w, *first);
    CHECK(failure_in(*first->answer).code == errc::cancelled);
    CHECK(w.source->cancelled == 0);
    cancel(w, *third);
    CHECK(w.source->under_way == mib);
    SUBCASE("one is left") {
        w.pass(100ms);
        check_brought(*second, 0, mib, false);
        CHECK(w.source->log.size() == 1);
    }
    SUBCASE("all are gone") {
        cancel(w, *second);
        CHECK(w.source->cancelled == 1);
        CHECK(w.source->under_way == 0);
        const auto again = fetch(w, 0, mib);  // nothing of it is left
        CHECK(w.source->log.size() == 2);
        w.pass(100ms);
        check_brought(*again, 0, mib, true);
    }
}

TEST_CASE("a failure is its own reader's; who waited for the request asks itself, once for all") {
    shared_world w(4 * mib);
    w.source->trouble = [&](const asked&) {
        return w.source->log.size() == 1 ? rpc_failure(420, "FLOOD_WAIT", 3) : failure();
    };
    const auto first = fetch(w, 0, mib);
    const auto second = fetch(w, 0, mib);
    const auto third = fetch(w, 0, mib);
    w.pass(100ms);
    CHECK(failure_in(*first->answer).is("FLOOD_WAIT"));
    CHECK_FALSE(second->answer);
    CHECK(w.source->log.size() == 2);
    w.pass(100ms);
    check_brought(*second, 0, mib, true);
    check_brought(*third, 0, mib, false);
}

TEST_CASE("a part of wrong length serves nobody else") {
    shared_world w(4 * mib);
    w.source->twist = [&](const asked&, bytes data) {
        return w.source->log.size() == 1 ? data.slice(0, 100) : data;
    };
    const auto first = fetch(w, 0, mib);
    const auto second = fetch(w, 0, mib);
    w.pass(100ms);
    CHECK((*first->answer)->data.size() == 100);
    w.pass(100ms);
    check_brought(*second, 0, mib, true);
}

TEST_CASE("a reader that asks a second time because the first answer is late gets a second request") {
    shared_world w(4 * mib);
    w.source->delay = [&](const asked&) {
        return w.source->log.size() == 1 ? duration(9s) : duration(100ms);
    };
    const int reader = 0;
    const auto late = fetch(w, 0, mib, &reader);
    const auto hedge = fetch(w, 0, mib, &reader);
    CHECK(w.source->log.size() == 2);
    w.pass(100ms);
    check_brought(*hedge, 0, mib, true);
    cancel(w, *late);
    CHECK(w.source->cancelled == 1);
}

TEST_CASE("two streams of one document ask for each part once, side by side or one after the other") {
    shared_world w(6 * mib + 77);
    byte_stream first = w.open();
    byte_stream second = w.open();
    first.use(window::sliding(4, 4));
    second.use(window::sliding(4, 4));
    bool done = false;
    boost::asio::co_spawn(w.sim.executor(), expect_all(first, w.size), [&](std::exception_ptr e) {
        CHECK_FALSE(e);
        done = true;
    });
    w.sim.run(expect_all(second, w.size));
    w.sim.settle();
    CHECK(done);
    CHECK(w.asked_bytes() <= w.size + 64 * kib);
    const duration before = w.now();
    byte_stream third = w.open();
    w.sim.run(expect_all(third, w.size));
    CHECK(w.now() == before);  // 8 MiB of recent blocks: all of it
    CHECK(w.budget.peak() <= w.budget.capacity());
}

TEST_CASE("recent blocks make room for what streams have to hold") {
    shared_world w(64 * mib, 4 * mib);
    byte_stream stream = w.open();
    w.sim.run(read_some(stream, 40));
    CHECK(w.budget.lent() <= mib);
    CHECK(w.budget.peak() <= w.budget.capacity());
    stream.close();
    w.sim.settle();
    byte_stream other = w.open();
    w.sim.run(expect_all(other, w.size));
    CHECK(w.budget.peak() <= w.budget.capacity());
}

TEST_CASE("two documents share nothing") {
    shared_world w(2 * mib);
    fetch(w, 0, mib);
    w.pass(100ms);
    CHECK(w.file(1) != w.file(2));
    download::document_key unverified;
    unverified.id = 1;
    unverified.proved = verification::all;
    CHECK(w.file(1) != w.cache->file(unverified, w.sim.executor(), w.size));
}

TEST_CASE("the tail comes together with the head, and a seek or a read there finds it at hand") {
    shared_world w(64 * mib);
    download::reader_options how;
    how.tail = mib;
    how.read_ahead = 4 * mib;
    byte_stream stream = w.open(std::move(how));
    w.sim.run(read_some(stream, 1));
    const std::size_t before = w.source->log.size();
    w.sim.run(read_exactly(stream, w.size - mib, mib));
    w.sim.run(read_exactly(stream, w.size - 1000, 1000));
    CHECK(w.now() == 100ms);
    CHECK(w.source->log.size() == before);
    w.sim.run(read_some(stream, 60));  // the head's blocks come and go, the tail's stay
    w.sim.run(read_exactly(stream, w.size - mib, mib));
    stream.seek(w.size - mib);
    const std::size_t asked = w.source->log.size();
    const duration seeked = w.now();
    w.sim.run(expect_all(stream, mib));
    CHECK(w.now() == seeked);
    CHECK(w.source->log.size() == asked);
}

TEST_CASE("a stream that is paused before its first read asks once it is resumed") {
    shared_world w(4 * mib);
    download::reader_options how;
    how.read_ahead = mib;
    byte_stream stream = w.open(std::move(how));
    stream.pause();
    bool done = false;
    boost::asio::co_spawn(w.sim.executor(), expect_all(stream, w.size), [&](std::exception_ptr e) {
        CHECK_FALSE(e);
        done = true;
    });
    w.pass(10s);
    CHECK(w.source->log.empty());
    stream.resume();
    w.pass(200ms);
    stream.pause();
    const std::size_t asked = w.source->log.size();
    CHECK(asked > 0);
    w.pass(10s);
    CHECK(w.source->log.size() == asked);
    CHECK(w.source->cancelled == 0);
    CHECK_FALSE(done);
    w.sim.run(read_exactly(stream, 3 * mib, 5000));  // beside it
    stream.resume();
    w.pass(10s);
    CHECK(done);
}
