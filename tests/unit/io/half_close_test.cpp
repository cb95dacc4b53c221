// Half-closing: pipes and sockets do the same.
#include "io/simulation.hpp"
#include "io/sockets.hpp"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <optional>

using namespace mtproto;
namespace io = mtproto::io;

namespace {

class no_random final : public random_source {
  public:
    void fill(byte_span) override {}
};

io::awaitable<void> half_close(io::stream& here, io::stream& there) {
    const std::array<byte_view, 1> parts{as_bytes("last words")};
    REQUIRE(co_await here.write(parts));
    here.end_writing();
    here.end_writing();
    std::array<std::byte, 64> into{};
    const auto words = co_await there.read_some(into);
    CHECK(as_text(byte_view(into).first(words.value())) == "last words");
    const auto end = co_await there.read_some(into);
    CHECK(end.value() == 0);
    const auto refused = co_await here.write(parts);
    CHECK(refused.error() == errc::connection_closed);
    // The other way still works.
    REQUIRE(co_await there.write(parts));
    const auto answer = co_await here.read_some(into);
    CHECK(as_text(byte_view(into).first(answer.value())) == "last words");
    there.close();
    const auto over = co_await here.read_some(into);
    CHECK(over.value() == 0);
}

io::awaitable<void> over_sockets(io::socket_network& net) {
    const io::endpoint any{"127.0.0.1", 0};
    auto door = net.listen(any);
    REQUIRE(door);
    auto here = co_await net.connect((*door)->local());
    REQUIRE(here);
    auto there = co_await (*door)->accept();
    REQUIRE(there);
    co_await half_close(**here, **there);
}

}  // namespace

TEST_CASE("half-closing a pipe ends one way and leaves the other") {
    no_random random;
    io::simulation world(random);
    auto ends = world.net().make_pair();
    world.run(half_close(*ends.first, *ends.second));
}

TEST_CASE("half-closing a socket ends one way and leaves the other") {
    boost::asio::io_context context(1);
    io::socket_network net(context.get_executor());
    std::exception_ptr thrown;
    boost::asio::co_spawn(context, over_sockets(net), [&](std::exception_ptr what) { thrown = what; });
    context.run();
    CHECK_FALSE(thrown);
}
