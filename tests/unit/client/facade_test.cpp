// The public class on real sockets: errors as exceptions, and going away at any time.
#include "unit/servers_of.hpp"

#include <mtproto/api.hpp>
#include <mtproto/client.hpp>
#include <mtproto/local_dc.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

using namespace mtproto;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

/// A port that nobody listens on, as far as can be known.
std::uint16_t closed_port(asio::io_context& context) {
    asio::ip::tcp::acceptor probe(context, {asio::ip::address_v4::loopback(), 0});
    return probe.local_endpoint().port();
}

config settings_for(std::uint16_t port) {
    config made;
    made.api.id = 1;
    made.api.hash = "hash";
    made.servers.addresses.clear();
    dc_address& address = made.servers.addresses.emplace_back();
    address.dc = 2;
    address.host = "127.0.0.1";
    address.port = port;
    return made;
}

/// What the task throws; fails when it does not.
error thrown_by(asio::io_context& context, asio::awaitable<void> task) {
    std::optional<error> caught;
    asio::co_spawn(context, std::move(task), [&](std::exception_ptr why) {
        try {
            if (why) std::rethrow_exception(why);
        } catch (const error& what) {
            caught = what;
        }
        context.stop();  // the client itself never ends
    });
    context.run();
    context.restart();
    REQUIRE(caught.has_value());
    return *caught;
}

asio::awaitable<void> connecting(client& tg) {
    co_await tg.connect();
}

}  // namespace

TEST_CASE("where nobody listens connect throws, with the address in its text") {
    asio::io_context context{1};
    const std::uint16_t port = closed_port(context);
    client tg(context.get_executor(), settings_for(port));
    const error what = thrown_by(context, connecting(tg));
    CHECK(what.code() == errc::connection_failed);
    CHECK(std::string(what.what()).find("127.0.0.1:" + std::to_string(port)) != std::string::npos);
}

TEST_CASE("a call that cannot be made throws mtproto::error") {
    asio::io_context context{1};
    client tg(context.get_executor(), settings_for(1));
    const error what = thrown_by(context, [](client& from) -> asio::awaitable<void> {
        tl::help::getNearestDc request{};
        co_await from.call(request);
    }(tg));
    CHECK(what.code() == errc::not_connected);
}

TEST_CASE("a server that says nothing can be given up by cancelling") {
    asio::io_context context{1};
    asio::ip::tcp::acceptor silent(context, {asio::ip::address_v4::loopback(), 0});
    client tg(context.get_executor(), settings_for(silent.local_endpoint().port()));
    asio::cancellation_signal stop;
    bool ended = false;
    asio::co_spawn(context, connecting(tg),
                   asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { ended = true; }));
    context.poll();
    CHECK_FALSE(ended);
    stop.emit(asio::cancellation_type::terminal);
    context.restart();
    context.poll();
    CHECK(ended);
}

TEST_CASE("a client may go at any time: what waits for it ends with an error") {
    for (const bool moved : {false, true}) {
        CAPTURE(moved);
        asio::io_context context{1};
        asio::ip::tcp::acceptor silent(context, {asio::ip::address_v4::loopback(), 0});
        auto tg =
            std::make_unique<client>(context.get_executor(), settings_for(silent.local_endpoint().port()));
        std::optional<error> caught;
        asio::co_spawn(context, connecting(*tg), [&](std::exception_ptr why) {
            try {
                if (why) std::rethrow_exception(why);
            } catch (const error& what) {
                caught = what;
            }
        });
        context.poll();
        if (moved) {
            client other = std::move(*tg);
            tg.reset();
            context.poll();
            CHECK_FALSE(caught.has_value());
        }
        tg.reset();
        context.restart();
        context.poll();
        REQUIRE(caught.has_value());
        CHECK(caught->code() == errc::connection_closed);
    }
}

TEST_CASE("a client with a request under way is left behind with its io_context") {
    auto context = std::make_unique<asio::io_context>(1);
    auto silent = std::make_unique<asio::ip::tcp::acceptor>(
        *context, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    auto tg =
        std::make_unique<client>(context->get_executor(), settings_for(silent->local_endpoint().port()));
    asio::co_spawn(*context, connecting(*tg), asio::detached);
    context->poll();
    tg.reset();  // cancels, but nothing runs any more to notice
    silent.reset();
    context.reset();
}

TEST_CASE("connecting and logging in over sockets, with a session file") {
    std::string name = (fs::temp_directory_path() / "mtproto-facade-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    const fs::path folder = name;
    fs::create_directory(folder / "files");
    std::ofstream(folder / "files" / "a.bin") << "some bytes";
    {
        asio::io_context context{1};
        local_dc_options options;
        options.folder = (folder / "files").string();
        local_dc servers(context.get_executor(), options);
        servers.start();
        config settings = settings_for(0);
        settings.servers = test::servers_of(servers.info());
        settings.session = file_session(folder / "me.session");
        for (const bool first : {true, false}) {
            client tg(context.get_executor(), settings);
            bool done = false;
            asio::co_spawn(
                context,
                [](client& one, bool fresh, bool& finished) -> asio::awaitable<void> {
                    co_await one.connect();
                    CHECK(co_await one.authorized() != fresh);
                    if (fresh) co_await one.login_bot("1:token");
                    tl::help::getNearestDc request{};
                    const tl::nearestDc nearest = co_await one.call(request);
                    CHECK(nearest.this_dc != 0);
                    finished = true;
                }(tg, first, done),
                [&](std::exception_ptr why) {
                    CHECK(!why);
                    context.stop();
                });
            context.run();
            context.restart();
            CHECK(done);
        }
    }
    fs::remove_all(folder);
}
