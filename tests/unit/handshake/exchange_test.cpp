// The key exchange against a server that keeps the rules, and against one that breaks each in turn.
#include "handshake/client.hpp"
#include "scripted_server.hpp"
#include "wire/envelope.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

using test::scripted_server;

constexpr unix_time now = 1'699'999'990s;  // ten seconds behind the server

handshake::options settings() {
    handshake::options made;
    made.dc = 2;
    made.keys = {test::server_key().public_key()};
    return made;
}

// Runs the exchange; the driver's packets go to the server and back.
result<handshake::established> run(scripted_server& server, handshake::options how = settings(),
                                   std::uint64_t seed = 5) {
    crypto::seeded_random random(seed);
    handshake::client client(std::move(how), random);
    std::optional<wire::packet> out = client.start(now);
    while (out) {
        const wire::plain_message request = wire::read_plain(*out).value();
        CHECK(wire::is_client_msg_id(request.msg_id));
        const wire::packet answer = wire::write_plain(request.msg_id + 1, server.answer(request.body));
        auto next = client.receive(answer, now);
        if (!next) {
            CHECK_FALSE(client.done());
            CHECK(client.receive(answer, now).error() == make_error_code(errc::handshake_failed));
            return next.error();
        }
        out = std::move(*next);
    }
    REQUIRE(client.done());
    return client.take();
}

void fails_with(scripted_server& server, errc code) {
    const auto made = run(server);
    REQUIRE(made.has_error());
    CHECK(made.error() == make_error_code(code));
}

// It fails at the server's parameters. A server whose own numbers are others would refuse what came of them
// later.
void refuses_parameters(scripted_server& server) {
    fails_with(server, errc::handshake_failed);
    CHECK(server.retry_ids.empty());  // set_client_DH_params was never sent
}

void flip(crypto::int128& nonce) {
    nonce[15] ^= std::byte{1};
}

bytes power_of_two(unsigned exponent) {
    crypto::dh_number number{};
    number[255 - exponent / 8] = static_cast<std::byte>(1u << (exponent % 8));
    return bytes::copy(number);
}

}  // namespace

TEST_CASE("protocol 2.1 to 2.12: the exchange ends with one key on both sides") {
    scripted_server server;
    const auto made = run(server);
    REQUIRE(made.has_value());
    CHECK(made->key->id() == server.key->id());
    CHECK(made->salt == crypto::first_salt(server.new_nonce, server.server_nonce));
    CHECK(made->time_offset == 10s);
    CHECK_FALSE(made->expires_at);
    CHECK(server.retry_ids == std::vector<std::int64_t>{0});
}

TEST_CASE("protocol 2.1: answers may carry trailing bytes") {
    scripted_server server;
    server.trailing = 8;
    CHECK(run(server).has_value());
}

TEST_CASE("protocol 2.4: the data centre goes in with its test and media marks") {
    for (const std::int32_t dc : {2, 10002, -2, -10002}) {
        scripted_server server;
        handshake::options how = settings();
        how.dc = dc;
        REQUIRE(run(server, how).has_value());
        const auto* inner = server.inner->as<tl::p_q_inner_data_dc>();
        REQUIRE(inner);
        CHECK(inner->dc == dc);
    }
}

TEST_CASE("protocol 2.2: p is the smaller factor, both minimal big endian") {
    scripted_server server;
    REQUIRE(run(server).has_value());
    const auto* inner = server.inner->as<tl::p_q_inner_data_dc>();
    REQUIRE(inner);
    CHECK(inner->p == crypto::to_big_endian(0x494C553B));
    CHECK(inner->q == crypto::to_big_endian(0x53911073));
}

TEST_CASE("protocol 3.1: a temporary key asks for its lifetime and knows when it ends") {
    scripted_server server;
    handshake::options how = settings();
    how.temporary_lifetime = 86400;
    const auto made = run(server, how);
    REQUIRE(made.has_value());
    CHECK(made->expires_at == test::server_time + 86400);
    const auto* inner = server.inner->as<tl::p_q_inner_data_temp_dc>();
    REQUIRE(inner);
    CHECK(inner->expires_in == 86400);
}

TEST_CASE("protocol 2.11: dh_gen_retry brings another g_b with the aux hash of the key before") {
    scripted_server server;
    server.retries = 1;
    std::int64_t aux_hash = 0;
    server.on_retry = [&](tl::dh_gen_retry&) { aux_hash = server.key->aux_hash(); };
    const auto made = run(server);
    REQUIRE(made.has_value());
    REQUIRE(server.retry_ids.size() == 2);
    CHECK(server.retry_ids[1] == aux_hash);
    CHECK(made->key->id() == server.key->id());
}

TEST_CASE("protocol 2.11: a server that retries for ever is given up") {
    scripted_server server;
    server.retries = 100;
    fails_with(server, errc::handshake_failed);
    CHECK(server.retry_ids.size() == handshake::agree_dh::max_tries);
}

TEST_CASE("protocol 2.11: dh_gen_retry with a wrong hash is refused") {
    scripted_server server;
    server.retries = 1;
    server.on_retry = [](tl::dh_gen_retry& made) { flip(made.new_nonce_hash2); };
    fails_with(server, errc::handshake_failed);
}

TEST_CASE("protocol 2.11: dh_gen_fail ends the exchange") {
    scripted_server server;
    server.genuine_fail = true;
    fails_with(server, errc::handshake_failed);
}

TEST_CASE("protocol 2.3: a server without a known key is refused") {
    scripted_server server;
    server.on_res_pq = [](tl::resPQ& made) { made.server_public_key_fingerprints = {1, 2, 3}; };
    fails_with(server, errc::unknown_rsa_key);
    server.on_res_pq = [](tl::resPQ& made) { made.server_public_key_fingerprints.clear(); };
    fails_with(server, errc::unknown_rsa_key);
}

TEST_CASE("protocol 2.1: resPQ with a wrong nonce is refused") {
    scripted_server server;
    server.on_res_pq = [](tl::resPQ& made) { flip(made.nonce); };
    fails_with(server, errc::handshake_failed);
}

TEST_CASE("protocol 2.2: a pq that cannot be split into p < q is refused") {
    const std::vector<bytes> wrong{
        {},
        crypto::to_big_endian(0),
        crypto::to_big_endian(1),
        crypto::to_big_endian(1'000'000'007),                 // a prime
        crypto::to_big_endian(std::uint64_t{65537} * 65537),  // p is not below q
        crypto::to_big_endian(0xffffffffffffffff),            // above 2^63 - 1
        bytes::copy(std::string_view("123456789")),           // nine bytes
    };
    for (const bytes& pq : wrong) {
        CAPTURE(pq.size());
        scripted_server server;
        server.on_res_pq = [&](tl::resPQ& made) { made.pq = pq; };
        fails_with(server, errc::handshake_failed);
    }
}

TEST_CASE("protocol 2.8: server_DH_params_ok with a wrong nonce is refused") {
    scripted_server server;
    server.on_params = [](tl::server_DH_params_ok& made) { flip(made.nonce); };
    fails_with(server, errc::handshake_failed);
    server.on_params = [](tl::server_DH_params_ok& made) { flip(made.server_nonce); };
    fails_with(server, errc::handshake_failed);
}

TEST_CASE("protocol 2.8: an encrypted answer of a wrong size is refused") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{16}, std::size_t{17}, std::size_t{32}}) {
        CAPTURE(size);
        scripted_server server;
        server.on_params = [&](tl::server_DH_params_ok& made) {
            made.encrypted_answer = made.encrypted_answer.slice(0, size);
        };
        fails_with(server, errc::handshake_failed);
    }
}

TEST_CASE("protocol 2.8: an answer with a wrong hash is refused") {
    scripted_server server;
    server.on_plain = [](std::vector<std::byte>& text) { text[0] ^= std::byte{1}; };
    fails_with(server, errc::handshake_failed);
    server.on_plain = [](std::vector<std::byte>& text) { text[70] ^= std::byte{1}; };
    fails_with(server, errc::handshake_failed);
}

TEST_CASE("protocol 2.8: more than 15 bytes of padding are refused") {
    scripted_server server;
    server.on_plain = [](std::vector<std::byte>& text) { text.resize(text.size() + 16); };
    fails_with(server, errc::handshake_failed);
}

TEST_CASE("protocol 2.8: wrong nonces inside the answer are refused") {
    scripted_server server;
    server.on_inner = [](tl::server_DH_inner_data& inner) { flip(inner.nonce); };
    fails_with(server, errc::handshake_failed);
    server.on_inner = [](tl::server_DH_inner_data& inner) { flip(inner.server_nonce); };
    fails_with(server, errc::handshake_failed);
}

TEST_CASE("protocol 2.9: g and p must make a good group") {
    scripted_server server;
    for (const std::int32_t g : {-3, 0, 1, 8}) {
        CAPTURE(g);
        server.on_inner = [&](tl::server_DH_inner_data& inner) { inner.g = g; };
        refuses_parameters(server);
    }
    server.on_inner = [](tl::server_DH_inner_data& inner) {  // odd, 2048 bits, not prime
        // g = 4 asks nothing of p (protocol 2.9), so that nothing but the proof of the prime refuses it.
        crypto::dh_number p = crypto::telegram_dh_prime();
        p[254] ^= std::byte{6};
        inner.dh_prime = bytes::copy(p);
        inner.g = 4;
    };
    refuses_parameters(server);
    server.on_inner = [](tl::server_DH_inner_data& inner) { inner.dh_prime = inner.dh_prime.slice(1); };
    refuses_parameters(server);
    server.on_inner = [](tl::server_DH_inner_data& inner) { inner.dh_prime = bytes(); };
    refuses_parameters(server);
}

TEST_CASE("protocol 2.9: a prime that is refused is not remembered") {
    handshake::known_primes primes;
    handshake::options how = settings();
    how.primes = &primes;
    scripted_server server;
    server.on_inner = [](tl::server_DH_inner_data& inner) {
        crypto::dh_number p = crypto::telegram_dh_prime();
        p[254] ^= std::byte{6};
        inner.dh_prime = bytes::copy(p);
        inner.g = 4;
    };
    for (int i = 0; i < 2; ++i)
        CHECK(run(server, how).error() == make_error_code(errc::handshake_failed));
    CHECK(primes.all().size() == 1);
    CHECK(server.retry_ids.empty());
}

TEST_CASE("protocol 2.9: g_a out of range is refused") {
    scripted_server server;
    crypto::dh_number p_minus_one = crypto::telegram_dh_prime();
    p_minus_one[255] &= std::byte{0xfe};
    const std::vector<bytes> wrong{{},
                                   power_of_two(0),
                                   power_of_two(1983),
                                   bytes::copy(p_minus_one),
                                   bytes::copy(crypto::telegram_dh_prime()),
                                   bytes::copy(std::string(257, '\x01'))};
    for (const bytes& g_a : wrong) {
        CAPTURE(g_a.size());
        server.on_inner = [&](tl::server_DH_inner_data& inner) { inner.g_a = g_a; };
        refuses_parameters(server);
    }
}

TEST_CASE("protocol 2.11: dh_gen_ok with a wrong nonce or hash is refused") {
    scripted_server server;
    server.on_ok = [](tl::dh_gen_ok& made) { flip(made.nonce); };
    fails_with(server, errc::handshake_failed);
    server.on_ok = [](tl::dh_gen_ok& made) { flip(made.server_nonce); };
    fails_with(server, errc::handshake_failed);
    server.on_ok = [](tl::dh_gen_ok& made) { flip(made.new_nonce_hash1); };
    fails_with(server, errc::handshake_failed);
    server.on_ok = [&](tl::dh_gen_ok& made) {  // the hash of another verdict
        made.new_nonce_hash1 = crypto::new_nonce_hash(server.new_nonce, 2, *server.key);
    };
    fails_with(server, errc::handshake_failed);
}

TEST_CASE("protocol 2.6: after a failure everything fails, whatever step it was at") {
    for (int good = 0; good < 3; ++good) {
        for (const bool empty : {true, false}) {
            CAPTURE(good);
            scripted_server server;
            crypto::seeded_random random(5);
            handshake::client client(settings(), random);
            wire::packet out = client.start(now);
            for (int step = 0; step < good; ++step)
                out = *client
                           .receive(wire::write_plain(1, server.answer(wire::read_plain(out).value().body)),
                                    now)
                           .value();
            const bytes nonsense = empty ? bytes() : tl::encode(tl::pong{1, 2});
            CHECK(client.receive(wire::write_plain(1, nonsense), now).has_error());
            const bytes right = server.answer(wire::read_plain(out).value().body);
            CHECK(client.receive(wire::write_plain(1, right), now).error() ==
                  make_error_code(errc::handshake_failed));
            CHECK_FALSE(client.done());
        }
    }
}

TEST_CASE("protocol 2.1: a packet that is no plain envelope ends the exchange") {
    crypto::seeded_random random(5);
    handshake::client client(settings(), random);
    client.start(now);
    crypto::seeded_random noise(6);
    std::vector<std::byte> garbage(64);
    noise.fill(garbage);
    CHECK(client.receive(wire::packet::copy(garbage), now).has_error());
}

TEST_CASE("protocol 2.7: nonces that begin with zeros keep their width") {
    // new_nonce and server_nonce of many exchanges: some begin with zero bytes on purpose.
    class zeros_first final : public random_source {
      public:
        void fill(byte_span out) override {
            inner_.fill(out);
            if (out.size() == 32 || out.size() == 16) std::fill_n(out.begin(), 3, std::byte{0});
        }

      private:
        crypto::seeded_random inner_{3};
    };
    scripted_server server;
    server.on_res_pq = [&](tl::resPQ& made) {
        server.server_nonce[0] = server.server_nonce[1] = std::byte{0};
        made.server_nonce = server.server_nonce;
    };
    zeros_first random;
    handshake::client client(settings(), random);
    std::optional<wire::packet> out = client.start(now);
    while (out)
        out = client.receive(wire::write_plain(1, server.answer(wire::read_plain(*out).value().body)), now)
                  .value();
    CHECK(server.new_nonce[0] == std::byte{0});
    CHECK(client.take().key->id() == server.key->id());
}

TEST_CASE("protocol 2.9: a prime found good is remembered once, and only a few are") {
    handshake::known_primes primes;
    CHECK(primes.all().size() == 1);
    primes.add(crypto::telegram_dh_prime());
    CHECK(primes.all().size() == 1);
    crypto::dh_number other{};
    for (int i = 0; i < 100; ++i) {
        other[0] = static_cast<std::byte>(i + 1);
        primes.add(other);
    }
    CHECK(primes.all().size() == 8);
    CHECK(primes.all()[0] == crypto::telegram_dh_prime());
}
