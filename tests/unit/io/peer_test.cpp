// The address of a stream's other end.
#include "io/peer.hpp"

#include "io/pipes.hpp"
#include "io/sockets.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <exception>

using namespace mtproto;
namespace io = mtproto::io;

namespace {

io::awaitable<void> accept_one(io::socket_network& net) {
    const io::endpoint any{"127.0.0.1", 0};
    auto door = net.listen(any);
    REQUIRE(door);
    auto here = co_await net.connect((*door)->local());
    REQUIRE(here);
    auto there = co_await (*door)->accept();
    REQUIRE(there);
    CHECK(io::peer_of(**there) == "127.0.0.1");
    (*there)->close();
    CHECK(io::peer_of(**there).empty());
}

}  // namespace

TEST_CASE("a socket knows the address of its other end, a pipe has none") {
    boost::asio::io_context context(1);
    io::socket_network net(context.get_executor());
    std::exception_ptr thrown;
    boost::asio::co_spawn(context, accept_one(net), [&](std::exception_ptr what) { thrown = what; });
    context.run();
    CHECK_FALSE(thrown);
    io::pipe_network pipes(context.get_executor());
    CHECK(io::peer_of(*pipes.make_pair().first).empty());
}
