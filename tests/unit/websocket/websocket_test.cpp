// WebSockets over pipes: against each other, and against what RFC 6455 prints.
#include "tunnel/websocket.hpp"

#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "tunnel/prefixed_stream.hpp"
#include "tunnel/read_exactly.hpp"
#include "websocket/certificate.hpp"

#include <mtproto/websocket.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

using namespace mtproto;
namespace io = mtproto::io;
namespace asio = io::asio;

namespace {

using opened = outcome<std::unique_ptr<io::stream>>;
using accepted = result<std::unique_ptr<io::stream>>;

const io::endpoint server_at{"127.0.0.1", 443};

io::awaitable<void> open_into(websocket_client& by, std::unique_ptr<io::stream> below, io::endpoint host,
                              std::string path, std::optional<opened>& into) {
    into = co_await by.open(std::move(below), host, path);
}

io::awaitable<void> accept_into(websocket_server& by, std::unique_ptr<io::stream> below, bool tls,
                                std::optional<accepted>& into) {
    into = co_await by.accept(std::move(below), tls);
}

io::awaitable<void> write_all(io::stream& to, std::vector<byte_view> parts, bool& done) {
    const result<void> written = co_await to.write(parts);
    done = written.has_value();
}

io::awaitable<void> read_all(io::stream& from, byte_span into, bool& done) {
    const result<void> read = co_await tunnel::read_exactly(from, into);
    done = read.has_value();
}

io::awaitable<void> read_once(io::stream& from, byte_span into, std::optional<result<std::size_t>>& count) {
    count = co_await from.read_some(into);
}

struct setting {
    crypto::seeded_random random{1};
    io::simulation world{random};
    websocket_identity identity = make_websocket_identity();
    std::optional<opened> client;
    std::optional<accepted> server;

    ~setting() {
        if (client && *client) (**client)->close();
        if (server && *server) (**server)->close();
        world.settle();
    }

    void spawn(io::awaitable<void> what) {
        asio::co_spawn(world.executor(), std::move(what), asio::detached);
    }
    /// Both ends of one connection shake hands.
    void meet(websocket_client& by, const io::endpoint& host = server_at,
              const std::string& path = "/apiws") {
        auto [near, far] = world.net().make_pair();
        spawn(accept_into(*identity.server, std::move(far), true, server));
        spawn(open_into(by, std::move(near), host, path, client));
        world.settle();
        REQUIRE(client.has_value());
    }
    void refuses(websocket_client& by, const io::endpoint& host, const std::string& path,
                 std::string_view words) {
        meet(by, host, path);
        REQUIRE_FALSE(client->has_value());
        CHECK(client->error().code == make_error_code(errc::connection_failed));
        CAPTURE(client->error().message());
        CHECK(client->error().message().find(words) != std::string::npos);
    }
    /// `sent` comes out of `to` as it went into `from`.
    void carries(io::stream& from, io::stream& to, const std::vector<std::byte>& sent) {
        std::vector<std::byte> got(sent.size());
        bool written = false, read = false;
        const byte_view all(sent);
        spawn(write_all(from, {all.first(1), byte_view(), all.subspan(1)}, written));
        spawn(read_all(to, got, read));
        world.settle();
        CHECK(written);
        REQUIRE(read);
        CHECK(got == sent);
    }
};

std::vector<std::byte> bytes_of(std::string_view text) {
    const byte_view view = as_bytes(text);
    return {view.begin(), view.end()};
}

std::vector<std::byte> bytes_of(std::initializer_list<int> numbers) {
    std::vector<std::byte> made;
    for (const int each : numbers)
        made.push_back(static_cast<std::byte>(each));
    return made;
}

/// The handshake that RFC 6455 shows, for our path.
constexpr std::string_view rfc_request =
    "GET /apiws HTTP/1.1\r\n"
    "Host: server.example.com\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: binary\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n";

}  // namespace

TEST_CASE("protocol 1.14: bytes go both ways through a WebSocket over TLS, whatever the messages") {
    setting here;
    const auto client = websocket_over_tls(here.identity.certificate);
    here.meet(*client);
    REQUIRE(here.client->has_value());
    REQUIRE(here.server.has_value());
    REQUIRE(here.server->has_value());
    std::vector<std::byte> data(3'000'001);
    here.random.fill(data);
    here.carries(***here.client, ***here.server, data);
    here.carries(***here.server, ***here.client, data);
    here.carries(***here.client, ***here.server, bytes_of("short"));
}

TEST_CASE("protocol 1.14: a server whose certificate proves nothing is refused") {
    setting here;
    SUBCASE("another's certificate") {
        const auto client = websocket_over_tls(make_websocket_identity().certificate);
        here.refuses(*client, server_at, "/apiws", "no TLS with 127.0.0.1:443");
    }
    SUBCASE("the system trusts no certificate that was made just now") {
        const auto client = websocket_over_tls();
        here.refuses(*client, server_at, "/apiws", "certificate verify failed");
    }
    SUBCASE("another address") {
        const auto client = websocket_over_tls(here.identity.certificate);
        here.refuses(*client, {"127.0.0.2", 443}, "/apiws", "no TLS with 127.0.0.2:443");
    }
    SUBCASE("another name") {
        const auto client = websocket_over_tls(here.identity.certificate);
        here.refuses(*client, {"example.org", 443}, "/apiws", "no TLS with example.org:443");
    }
}

TEST_CASE("protocol 1.14: a certificate that is not valid now makes one look at this machine's clock") {
    constexpr long an_hour = 3600;
    setting here;
    const auto proof = websocket::make_certified_key("127.0.0.1");
    REQUIRE(proof.has_value());
    X509* const text = proof->certificate.get();
    const char* words = "";
    SUBCASE("any more") {
        X509_gmtime_adj(X509_getm_notBefore(text), -2 * an_hour);
        X509_gmtime_adj(X509_getm_notAfter(text), -an_hour);
        words = "certificate has expired; this machine's clock says 2";
    }
    SUBCASE("yet") {
        X509_gmtime_adj(X509_getm_notBefore(text), an_hour);
        words = "certificate is not yet valid; this machine's clock says 2";
    }
    REQUIRE(X509_sign(text, proof->key.get(), EVP_sha256()) > 0);
    here.identity = websocket::identity_of(*proof);
    const auto client = websocket_over_tls(here.identity.certificate);
    here.refuses(*client, server_at, "/apiws", words);
}

TEST_CASE("a server is known by its name, too") {
    setting here;
    here.identity = make_websocket_identity("dc.example.org");
    const auto client = websocket_over_tls(here.identity.certificate);
    here.meet(*client, {"dc.example.org", 8443});
    CHECK(here.client->has_value());
}

TEST_CASE("a path that the server does not serve is refused by both") {
    setting here;
    const auto client = websocket_over_tls(here.identity.certificate);
    here.refuses(*client, server_at, "/other", "no WebSocket at 127.0.0.1:443");
    REQUIRE(here.server.has_value());
    CHECK(here.server->error() == make_error_code(errc::bad_frame));
}

TEST_CASE("a connection that ends in the handshake is no WebSocket") {
    setting here;
    const auto client = websocket_over_tls(here.identity.certificate);
    auto [near, far] = here.world.net().make_pair();
    here.spawn(open_into(*client, std::move(near), server_at, "/apiws", here.client));
    here.world.settle();
    CHECK_FALSE(here.client.has_value());
    far->close();
    here.world.settle();
    REQUIRE(here.client.has_value());
    CHECK(here.client->error().code == make_error_code(errc::connection_failed));
}

TEST_CASE("RFC 6455 1.2 and 5.7: the server answers the printed handshake and reads the printed frames") {
    setting here;
    auto [near, far] = here.world.net().make_pair();
    here.spawn(accept_into(*here.identity.server, std::move(far), false, here.server));
    bool sent = false;
    const std::vector<std::byte> request = bytes_of(rfc_request);
    here.spawn(write_all(*near, {request}, sent));
    here.world.settle();
    REQUIRE(here.server.has_value());
    REQUIRE(here.server->has_value());

    std::array<std::byte, 1024> room;
    std::optional<result<std::size_t>> count;
    here.spawn(read_once(*near, room, count));
    here.world.settle();
    REQUIRE(count.has_value());
    const std::string answer(as_text(byte_view(room).first(count->value())));
    CAPTURE(answer);
    CHECK(answer.starts_with("HTTP/1.1 101 "));
    CHECK(answer.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") != std::string::npos);
    CHECK(answer.find("Sec-WebSocket-Protocol: binary\r\n") != std::string::npos);

    // "Hello", masked; then the same in two fragments with an empty ping between them.
    const std::vector<std::byte> frames =
        bytes_of({0x82, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,  //
                  0x02, 0x83, 0,    0,    0,    0,    'H',  'e',  'l',  0x89, 0x80, 0,
                  0,    0,    0,    0x80, 0x82, 0,    0,    0,    0,    'l',  'o'});
    std::array<std::byte, 10> got;
    bool read = false;
    here.spawn(write_all(*near, {frames}, sent));
    here.spawn(read_all(***here.server, got, read));
    here.world.settle();
    REQUIRE(read);
    CHECK(as_text(got) == "HelloHello");

    const std::vector<std::byte> said = bytes_of("Hello");
    here.spawn(write_all(***here.server, {said}, sent));
    std::array<std::byte, 9> out;  // the pong, and an unmasked binary frame
    here.spawn(read_all(*near, out, read = false));
    here.world.settle();
    REQUIRE(read);
    CHECK(std::vector<std::byte>(out.begin(), out.end()) ==
          bytes_of({0x8a, 0, 0x82, 5, 'H', 'e', 'l', 'l', 'o'}));
}

TEST_CASE("what is no request for a WebSocket is refused") {
    setting here;
    std::string request;
    errc code = errc::bad_frame;
    SUBCASE("a page") {
        request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    }
    SUBCASE("no HTTP") {
        request = "GET nonsense\r\n\r\n";
    }
    SUBCASE("a header without end") {
        request = "GET /apiws HTTP/1.1\r\nA: " + std::string(20'000, 'a');
    }
    SUBCASE("bytes that nobody has waited for") {
        request = std::string(rfc_request) + "more";
    }
    auto [near, far] = here.world.net().make_pair();
    here.spawn(accept_into(*here.identity.server, std::move(far), false, here.server));
    bool sent = false;
    const std::vector<std::byte> data = bytes_of(request);
    here.spawn(write_all(*near, {data}, sent));
    here.world.settle();
    REQUIRE(here.server.has_value());
    CHECK(here.server->error() == make_error_code(code));
}

TEST_CASE("reading ends when it is cancelled, when the stream is closed, and when the other end goes") {
    setting here;
    const auto client = websocket_over_tls(here.identity.certificate);
    here.meet(*client);
    REQUIRE(here.client->has_value());
    std::array<std::byte, 16> room;
    std::optional<result<std::size_t>> count;
    SUBCASE("cancelled") {
        asio::cancellation_signal cancel;
        asio::co_spawn(here.world.executor(), read_once(***here.client, room, count),
                       asio::bind_cancellation_slot(cancel.slot(), asio::detached));
        here.world.settle();
        cancel.emit(asio::cancellation_type::terminal);
        here.world.settle();
        // Asio throws at the next await of what was cancelled, so there may be no result, but no wait either.
        if (count) CHECK(count->error() == make_error_code(errc::cancelled));
        (**here.client)->close();
        here.world.settle();
    }
    SUBCASE("closed") {
        here.spawn(read_once(***here.client, room, count));
        here.world.settle();
        CHECK_FALSE(count.has_value());
        (**here.client)->close();
        here.world.settle();
        REQUIRE(count.has_value());
        CHECK(count->error() == make_error_code(errc::connection_closed));
    }
    SUBCASE("the other end says no more") {
        here.spawn(read_once(***here.client, room, count));
        (**here.server)->end_writing();
        here.world.settle();
        REQUIRE(count.has_value());
        REQUIRE(count->has_value());
        CHECK(count->value() == 0);
    }
    SUBCASE("the other end goes") {
        here.spawn(read_once(***here.client, room, count));
        (**here.server)->close();
        here.world.settle();
        REQUIRE(count.has_value());
        CHECK((count->has_error() || count->value() == 0));
    }
}

TEST_CASE("hosts that no certificate can name, and certificates that are none") {
    CHECK_THROWS_AS(make_websocket_identity(""), error);
    CHECK_THROWS_AS(make_websocket_identity("a,DNS:b"), error);
    CHECK_THROWS_AS(make_websocket_identity(std::string(300, 'a')), error);
    CHECK_NOTHROW(make_websocket_identity("::1"));
    CHECK_THROWS_AS(websocket_over_tls("nonsense"), error);
}
