// Cancellation at any moment: the stream stays readable and loses nothing.
#include "fake_source.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

using namespace download_test;

namespace {

struct attempt {
    boost::asio::cancellation_signal cancel;
    std::optional<chunk> part;
    bool ended = false;
    bool cancelled = false;
};

io::awaitable<void> try_next(byte_stream& from, attempt& one) {
    try {
        one.part = co_await from.next();
    } catch (const error& thrown) {
        one.cancelled = thrown.code() == make_error_code(errc::cancelled);
        CHECK(one.cancelled);
    }
}

io::awaitable<void> try_read_at(byte_stream& from, attempt& one) {
    std::array<std::byte, 9000> into{};
    try {
        co_await from.read_at(5000, into);
    } catch (const error& thrown) {
        one.cancelled = thrown.code() == make_error_code(errc::cancelled);
        CHECK(one.cancelled);
    }
}

void start(world& w, io::awaitable<void> what, attempt& one) {
    boost::asio::co_spawn(
        w.sim.executor(), std::move(what),
        boost::asio::bind_cancellation_slot(one.cancel.slot(), [&](std::exception_ptr thrown) {
            CHECK_FALSE(thrown);
            one.ended = true;
        }));
}

/// Lets everything run that can, for `time`, in steps of a millisecond.
void pass(world& w, duration time) {
    w.sim.settle();
    for (; time > 0s; time -= 1ms) {
        w.sim.time().advance_by(1ms);
        w.sim.settle();
    }
}

}  // namespace

TEST_CASE("next() cancelled after any time: what follows is whole and in order") {
    for (int wait = 0; wait < 40; ++wait) {
        CAPTURE(wait);
        world w(4 * mib);
        w.source->delay = [](const asked& what) {
            return duration(7ms) + duration(1ms) * (what.offset / kib % 13);
        };
        byte_stream stream = w.open();
        stream.use(window::sliding(1, 2, 128 * 1024));
        std::int64_t at = 0;
        int cancellations = 0;
        for (int round = 0; round < 500 && at < w.size; ++round) {
            attempt one;
            start(w, try_next(stream, one), one);
            pass(w, duration(1ms) * (wait + round % 5));
            one.cancel.emit(boost::asio::cancellation_type::terminal);
            w.sim.settle();
            REQUIRE(one.ended);
            cancellations += one.cancelled;
            if (!one.part) continue;
            REQUIRE(one.part->offset == at);
            REQUIRE(is_content(at, one.part->data));
            at += static_cast<std::int64_t>(one.part->data.size());
        }
        CHECK(at == w.size);
        if (wait < 7) CHECK(cancellations > 0);
    }
}

TEST_CASE("a cancellation that comes between two waits is an mtproto::error too") {
    world w(4 * mib);
    byte_stream stream = w.open();
    attempt one;
    start(w, try_next(stream, one), one);
    w.sim.settle();
    stream.seek(2 * mib);  // wakes the reader, which has to wait again
    one.cancel.emit(boost::asio::cancellation_type::terminal);
    w.sim.settle();
    CHECK(one.ended);
    CHECK(one.cancelled);
    w.sim.run(expect_all(stream, 2 * mib));
}

TEST_CASE("a cancelled read_at drops its parts on the wire and gives its bytes back") {
    for (int wait = 0; wait < 15; ++wait) {
        world w(4 * mib);
        byte_stream stream = w.open();
        attempt one;
        start(w, try_read_at(stream, one), one);
        pass(w, duration(1ms) * wait);
        one.cancel.emit(boost::asio::cancellation_type::terminal);
        w.sim.settle();
        CAPTURE(wait);
        REQUIRE(one.ended);
        CHECK(one.cancelled == (wait < 10));
        CHECK(w.source->under_way == 0);
        CHECK(w.budget.held() == 0);
    }
}
