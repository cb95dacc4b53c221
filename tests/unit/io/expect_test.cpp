// Reads from sockets that wait for what the reader can use.
#include "io/sockets.hpp"
#include "io/wake_size.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

using namespace mtproto;
namespace io = mtproto::io;

namespace {

constexpr std::size_t wanted = 2 * io::wake_size::least;  // as much as a fresh stream waits for

/// Two connected sockets and one read under way.
struct wire {
    io::asio::io_context context{1};
    io::socket_network net{context.get_executor()};
    std::unique_ptr<io::stream> here, there;
    std::vector<std::byte> into = std::vector<std::byte>(2 * wanted);
    std::optional<std::size_t> got;

    wire() {
        run([](wire& in) -> io::awaitable<void> {
            auto door = in.net.listen({"127.0.0.1", 0});
            REQUIRE(door);
            auto made = co_await in.net.connect((*door)->local());
            REQUIRE(made);
            auto taken = co_await (*door)->accept();
            REQUIRE(taken);
            in.here = std::move(*made);
            in.there = std::move(*taken);
        }(*this));
    }
    ~wire() {
        here->close();
        there->close();
        context.restart();
        context.run();
    }

    void run(io::awaitable<void> what) {
        bool done = false;
        io::asio::co_spawn(context, std::move(what), [&done](std::exception_ptr failed) {
            done = true;
            if (failed) std::rethrow_exception(failed);
        });
        context.restart();
        while (!done)
            context.run_one();
    }
    void begin_read() {
        io::asio::co_spawn(
            context,
            [](wire& in) -> io::awaitable<void> {
                const auto count = co_await in.here->read_some(in.into);
                in.got = count ? *count : 0;
            }(*this),
            io::asio::detached);
        settle();
    }
    void write(std::size_t count) {
        const std::vector<std::byte> data(count);
        run([](wire& in, byte_view all) -> io::awaitable<void> {
            const std::array<byte_view, 1> parts{all};
            REQUIRE(co_await in.there->write(parts));
        }(*this, data));
        settle();
    }
    /// Whatever is ready by now has been handled then.
    void settle() {
        context.restart();
        for (int turn = 0; turn < 20; ++turn)
            context.poll();
    }
    void wait() {
        context.restart();
        while (!got)
            context.run_one();
    }
};

}  // namespace

TEST_CASE("a socket's read waits for what the reader expects") {
    wire one;
    one.here->expect(wanted);
    one.begin_read();
    one.write(wanted - 1);
    CHECK_FALSE(one.got);
    one.write(1);
    one.wait();
    CHECK(one.got == wanted);
}

TEST_CASE("less is brought at the end of the stream") {
    wire one;
    one.here->expect(wanted);
    one.begin_read();
    one.write(100);
    CHECK_FALSE(one.got);
    one.there->end_writing();
    one.wait();
    CHECK(one.got == 100);
    one.got.reset();
    one.begin_read();
    one.wait();
    CHECK(one.got == 0);
}

TEST_CASE("a reader that cannot wait any longer gets what is there, also by the read under way") {
    wire one;
    one.here->expect(wanted);
    one.begin_read();
    one.write(100);
    CHECK_FALSE(one.got);
    one.here->expect(1);
    one.wait();
    CHECK(one.got == 100);
}

TEST_CASE("no read waits for more than is worth it") {
    wire one;
    one.here->expect(std::size_t{1} << 30);
    one.begin_read();
    one.write(io::wake_size::least);
    one.wait();
    CHECK(one.got == io::wake_size::least);
}
