// Routes to a server that echoes: the errors that proxies bring, and the bytes that come through.
#include "net/route.hpp"

#include "crypto/seeded_random.hpp"
#include "tunnel/read_exactly.hpp"
#include "unit/net/socks5_proxy.hpp"
#include "wire/fake_tls.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <optional>

using namespace mtproto;
using namespace mtproto::net;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace asio = io::asio;

namespace {

const io::endpoint server_at{"10.0.0.2", 443};
const io::endpoint proxy_at{"proxy", 1080};

io::awaitable<void> echo(std::shared_ptr<io::acceptor> door) {
    auto incoming = co_await door->accept();
    if (!incoming) co_return;
    std::array<std::byte, 100> room;
    for (;;) {
        const auto count = co_await (*incoming)->read_some(room);
        if (!count || *count == 0) co_return;
        const std::array<byte_view, 1> parts{byte_view(room).first(*count)};
        const auto done = co_await (*incoming)->write(parts);
        if (!done) co_return;
    }
}

/// Answers the first `wanted` bytes with what `how` makes of them, and closes.
io::awaitable<void> answer(std::shared_ptr<io::acceptor> door, std::size_t wanted,
                           std::function<std::vector<std::byte>(byte_view)> how) {
    auto incoming = co_await door->accept();
    if (!incoming) co_return;
    std::vector<std::byte> asked(wanted);
    const auto got = co_await tunnel::read_exactly(**incoming, asked);
    if (!got) co_return;
    const std::vector<std::byte> reply = how(asked);
    const std::array<byte_view, 1> parts{reply};
    co_await (*incoming)->write(parts);
    (*incoming)->close();
}

struct route_setting {
    void serve_echo(const io::endpoint& where) {
        door = std::move(*world.net().listen(where));
        asio::co_spawn(world.executor(), echo(door), asio::detached);
    }
    void serve_answer(const io::endpoint& where, std::size_t wanted,
                      std::function<std::vector<std::byte>(byte_view)> how) {
        door = std::move(*world.net().listen(where));
        asio::co_spawn(world.executor(), answer(door, wanted, std::move(how)), asio::detached);
    }
    ~route_setting() {
        if (door) door->close();
        world.settle();
    }

    outcome<dialled> dial(const route& how, io::endpoint where = server_at) {
        route_dialer dialer(world.net(), world.time(), random, how);
        destination to;
        to.dc = 2;
        to.address = std::move(where);
        std::optional<outcome<dialled>> made;
        const auto dialling = [](route_dialer& by, destination to,
                                 std::optional<outcome<dialled>>& into) -> io::awaitable<void> {
            into = co_await by.dial(std::move(to));
        };
        world.run(dialling(dialer, to, made));
        return std::move(*made);
    }
    std::string talk(io::stream& over, std::string text) {
        std::string back(text.size(), '\0');
        const auto talking = [](io::stream& over, const std::string& text,
                                std::string& back) -> io::awaitable<void> {
            const std::array<byte_view, 1> parts{as_bytes(text)};
            const auto sent = co_await over.write(parts);
            REQUIRE(sent.has_value());
            const byte_span into(reinterpret_cast<std::byte*>(back.data()), back.size());
            const auto got = co_await tunnel::read_exactly(over, into);
            REQUIRE(got.has_value());
        };
        world.run(talking(over, text, back));
        return back;
    }

    crypto::seeded_random random{1};
    io::simulation world{random};
    std::shared_ptr<io::acceptor> door;
};

route by_socks5(std::optional<wire::socks5_login> login = {}) {
    route made;
    made.way = through_socks5{proxy_at, std::move(login)};
    return made;
}

route by_fake_tls() {
    through_mtproxy way;
    way.at = proxy_at;
    way.secret.kind = wire::proxy_secret::form::fake_tls;
    way.secret.domain = "example.org";
    route made;
    made.way = std::move(way);
    return made;
}

/// Notes what it was asked for and passes the bytes on as they are.
class noted_websocket final : public websocket_client {
  public:
    io::awaitable<outcome<std::unique_ptr<io::stream>>> open(std::unique_ptr<io::stream> below,
                                                             io::endpoint host, std::string path) override {
        asked.push_back(to_string(host) + path);
        co_return std::move(below);
    }
    std::vector<std::string> asked;
};

failure problem_of(outcome<dialled> made, errc code, std::string_view words) {
    REQUIRE_FALSE(made.has_value());
    CAPTURE(made.error().message());
    CHECK(made.error().code == code);
    CHECK(made.error().message().find(words) != std::string::npos);
    return made.error();
}

}  // namespace

TEST_CASE("protocol 1.12: through a SOCKS5 proxy to an IPv4 address, an IPv6 address and a name") {
    for (const char* host : {"10.0.0.2", "2001:db8::2", "dc2.test"}) {
        CAPTURE(host);
        route_setting all;
        const io::endpoint where{host, 443};
        all.serve_echo(where);
        test::socks5_proxy proxy(all.world, proxy_at, {});
        outcome<dialled> made = all.dial(by_socks5(), where);
        REQUIRE(made.has_value());
        CHECK(made->send_tag);
        CHECK(all.talk(*made->stream, "hello") == "hello");
        CHECK(proxy.asked() == std::vector<std::string>{to_string(where)});
        made->stream->close();
    }
}

TEST_CASE("protocol 1.12: a login, with a bound address of either kind") {
    for (const bool named : {false, true}) {
        route_setting all;
        all.serve_echo(server_at);
        test::socks5_proxy proxy(all.world, proxy_at,
                                 {.user = "me", .password = "secret", .named_address = named});
        outcome<dialled> made = all.dial(by_socks5(wire::socks5_login{"me", "secret"}));
        REQUIRE(made.has_value());
        CHECK(all.talk(*made->stream, "hello") == "hello");
        made->stream->close();
    }
}

TEST_CASE("protocol 1.12: what a SOCKS5 proxy refuses is told in words, with the proxy's address") {
    const auto met = [](test::socks5_proxy::rules rules, std::optional<wire::socks5_login> login,
                        std::string_view words) {
        route_setting all;
        all.serve_echo(server_at);
        test::socks5_proxy proxy(all.world, proxy_at, std::move(rules));
        const failure why = problem_of(all.dial(by_socks5(std::move(login))), errc::proxy_failed, words);
        CHECK(why.message().find("proxy:1080") != std::string::npos);
    };
    const wire::socks5_login login{"me", "wrong"};
    met({.user = "me", .password = "secret"}, login, "refuses this user name and password");
    met({.user = "me", .password = "secret"}, {}, "wants a user name");
    met({.refusal = 2}, {}, "rules");
    met({.refusal = 5}, {}, "refuses the SOCKS5 proxy's connection");
    met({.instead = "HTTP/1.1 400 Bad Request\r\n\r\n"}, {}, "does not speak SOCKS5");
    met({.hang_up = true}, {}, "closes the connection");
}

TEST_CASE("protocol 1.12: a slow SOCKS5 proxy has time of its own, and one that says nothing is named") {
    for (const auto pause : {11s, 28s}) {
        route_setting all;
        all.serve_echo(server_at);
        test::socks5_proxy proxy(all.world, proxy_at, {.pause = pause});
        const time_point before = all.world.time().now();
        outcome<dialled> made = all.dial(by_socks5());
        REQUIRE(made.has_value());
        CHECK(all.world.time().now() - before >= pause);
        made->stream->close();
    }
    route_setting all;
    test::socks5_proxy proxy(all.world, proxy_at, {.pause = 5min});
    const time_point before = all.world.time().now();
    problem_of(all.dial(by_socks5()), errc::proxy_failed,
               "the SOCKS5 proxy proxy:1080 has not let us through");
    CHECK(all.world.time().now() - before == 30s);
}

TEST_CASE(
    "protocol 1.12: answers that come byte by byte, after a login of 255 bytes that is answered with 5") {
    const std::string longest(255, 'x');
    route_setting all;
    all.serve_echo(server_at);
    test::socks5_proxy proxy(all.world, proxy_at,
                             {.user = longest, .password = longest, .login_version = 5, .by_bytes = true});
    outcome<dialled> made = all.dial(by_socks5(wire::socks5_login{longest, longest}));
    REQUIRE(made.has_value());
    CHECK(all.talk(*made->stream, "hello") == "hello");
    made->stream->close();
}

TEST_CASE("a proxy, or a server, that is not there") {
    route_setting all;
    const failure why = problem_of(all.dial(by_socks5()), errc::connection_failed, "proxy:1080");
    CHECK(why.message().find("10.0.0.2:443") != std::string::npos);
    problem_of(all.dial(by_fake_tls()), errc::connection_failed, "the MTProxy proxy:1080");
    problem_of(all.dial(route()), errc::connection_failed, "10.0.0.2:443");
}

TEST_CASE("what cannot go together is refused before anything is connected") {
    route_setting all;
    route how;
    how.framing = wire::framing::full;
    CHECK(how.check().has_value());
    how.obfuscated = true;
    problem_of(all.dial(how), errc::bad_argument, "full framing");
    how.obfuscated = false;
    how.way = through_mtproxy{};
    problem_of(all.dial(how), errc::bad_argument, "full framing");
    problem_of(all.dial(by_socks5(wire::socks5_login{"", "x"})), errc::bad_argument, "user name");
    problem_of(all.dial(by_socks5(wire::socks5_login{std::string(256, 'x'), ""})), errc::bad_argument, "255");
    CHECK(by_fake_tls().framing_used() == wire::framing::padded_intermediate);
}

TEST_CASE(
    "protocol 1.7: an obfuscated stream begins with 64 bytes that name the framing and the data centre") {
    route_setting all;
    std::vector<std::byte> first;
    all.serve_answer(server_at, 64 + 5, [&first](byte_view asked) {
        first.assign(asked.begin(), asked.end());
        return std::vector<std::byte>();
    });
    route how;
    how.obfuscated = true;
    how.framing = wire::framing::abridged;
    outcome<dialled> made = all.dial(how);
    REQUIRE(made.has_value());
    CHECK_FALSE(made->send_tag);
    CHECK(made->framing == wire::framing::abridged);
    all.world.run([](io::stream& over) -> io::awaitable<void> {
        const std::array<byte_view, 2> parts{as_bytes("he"), as_bytes("llo")};
        const auto sent = co_await over.write(parts);
        CHECK(sent.has_value());
        std::array<std::byte, 1> end;
        const auto count = co_await over.read_some(end);
        CHECK(count.value() == 0);
    }(*made->stream));
    REQUIRE(first.size() == 69);
    auto accepted = wire::accept_obfuscation(byte_view(first).first<64>(), nullptr);
    REQUIRE(accepted.has_value());
    CHECK(accepted->kind == wire::framing::abridged);
    CHECK(accepted->mark == wire::dc_mark{2});
    const byte_span rest = byte_span(first).subspan(64);
    accepted->ciphers.receive.apply(rest);
    CHECK(as_text(rest) == "hello");
}

TEST_CASE("protocol 1.14: a WebSocket has the data centre's name, or its address, and is obfuscated") {
    const auto websocket = std::make_shared<noted_websocket>();
    route how;
    how.websocket = websocket;
    {
        route_setting all;
        all.serve_echo(server_at);
        outcome<dialled> made = all.dial(how);
        REQUIRE(made.has_value());
        CHECK_FALSE(made->send_tag);
        CHECK(websocket->asked == std::vector<std::string>{"10.0.0.2:443/apiws"});
        made->stream->close();
    }
    how.websocket_names = {"pluto", "venus"};
    {
        route_setting all;
        all.serve_echo({"venus.web.telegram.org", 443});
        outcome<dialled> made = all.dial(how);
        REQUIRE(made.has_value());
        CHECK(websocket->asked.back() == "venus.web.telegram.org:443/apiws");
        made->stream->close();
    }
    destination where;
    where.dc = 1;
    where.media = true;
    CHECK(how.address_of(where) == io::endpoint{"pluto-1.web.telegram.org", 443});
    where.dc = 3;
    where.address = server_at;
    CHECK(how.address_of(where) == server_at);

    route_setting all;
    problem_of(all.dial(how), errc::connection_failed, "the WebSocket venus.web.telegram.org:443");
    how.way = through_mtproxy{};
    problem_of(all.dial(how), errc::bad_argument, "WebSockets");
    how.way = direct{};
    how.framing = wire::framing::full;
    problem_of(all.dial(how), errc::bad_argument, "full framing");
}

TEST_CASE("protocol 1.14: a WebSocket through a SOCKS5 proxy goes to the name") {
    route_setting all;
    const io::endpoint server{"venus.web.telegram.org", 443};
    all.serve_echo(server);
    test::socks5_proxy proxy(all.world, proxy_at, {});
    route how = by_socks5();
    how.websocket = std::make_shared<noted_websocket>();
    how.websocket_names = {"pluto", "venus"};
    outcome<dialled> made = all.dial(how);
    REQUIRE(made.has_value());
    CHECK(proxy.asked() == std::vector<std::string>{to_string(server)});
    made->stream->close();
}

TEST_CASE("protocol 1.9, 1.10: an MTProxy whose reply is none, is cut short, or proves nothing") {
    constexpr std::size_t hello_size = 517;
    const route how = by_fake_tls();
    const wire::proxy_secret secret = std::get<through_mtproxy>(how.way).secret;
    const auto reply_to = [&secret](byte_view hello, random_source& random) {
        wire::fake_tls_guard guard(secret);
        const auto seen = guard.admit(hello, std::chrono::seconds(1'750'000'000));
        REQUIRE(seen.has_value());
        return wire::make_fake_tls_reply(*seen, secret.key, random);
    };
    const auto met = [&](std::function<void(std::vector<std::byte>&)> spoil, std::string_view words) {
        route_setting all;
        all.serve_answer(proxy_at, hello_size, [&](byte_view hello) {
            auto reply = reply_to(hello, all.random);
            spoil(reply);
            return reply;
        });
        problem_of(all.dial(how), errc::proxy_failed, words);
    };
    for (const std::size_t at : {20, 50, 200, 1000}) {
        CAPTURE(at);
        met([at](auto& reply) { reply[at] ^= std::byte{1}; }, "does not know the secret");
    }
    met([](auto& reply) { reply[0] = std::byte{0x15}; }, "does not answer as one");
    met([](auto& reply) { reply.clear(); }, "closes the connection");
    for (const std::size_t size : {1, 5, 60, 127, 130, 140, 500}) {
        CAPTURE(size);
        met([size](auto& reply) { reply.resize(size); }, "closes the connection");
    }
}

TEST_CASE("protocol 1.9: the hello names the server's time, where that is known") {
    route_setting all;
    std::vector<std::byte> hello;
    all.serve_answer(proxy_at, 517, [&hello](byte_view asked) {
        hello.assign(asked.begin(), asked.end());
        return std::vector<std::byte>();
    });
    const route how = by_fake_tls();
    route_dialer dialer(all.world.net(), all.world.time(), all.random, how);
    destination to;
    to.dc = 2;
    to.time_offset = std::chrono::hours(5);
    all.world.run([](route_dialer& by, destination to) -> io::awaitable<void> {
        const auto made = co_await by.dial(std::move(to));
        CHECK_FALSE(made.has_value());
    }(dialer, to));
    wire::fake_tls_guard guard(std::get<through_mtproxy>(how.way).secret);
    CHECK_FALSE(guard.admit(hello, all.world.time().unix_now()).has_value());
    CHECK(guard.admit(hello, all.world.time().unix_now() + std::chrono::hours(5)).has_value());
}
