// Temporary keys: what they may call unbound, how they are bound, and their end (protocol 3).
#include "base/endian.hpp"
#include "crypto/aes_ige.hpp"
#include "crypto/kdf.hpp"
#include "raw_client.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::localdc::testing;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace wire = mtproto::wire;

namespace {

constexpr std::int32_t lifetime = 3600;  // seconds

// random128, msg_id, seqno 0, the length, the inner message; sealed as MTProto 1.0 did (protocol 3.2, 3.3).
bytes envelope(const crypto::auth_key& permanent, const tl::bind_auth_key_inner& inner, std::int64_t msg_id,
               random_source& random) {
    const bytes body = tl::encode(inner);
    std::vector<std::byte> text(32);
    random.fill(byte_span(text).first(16));
    store_le(text.data() + 16, msg_id);
    store_le(text.data() + 24, std::int32_t{0});
    store_le(text.data() + 28, static_cast<std::int32_t>(body.size()));
    text.insert(text.end(), body.begin(), body.end());
    const crypto::message_key msg_key = crypto::message_key_v1(text);
    text.resize((text.size() + 15) / 16 * 16);
    crypto::aes_ige_encrypt(text, text, crypto::message_cipher_v1(permanent, msg_key));
    std::vector<std::byte> made(8);
    store_le(made.data(), permanent.id());
    made.insert(made.end(), msg_key.begin(), msg_key.end());
    made.insert(made.end(), text.begin(), text.end());
    return bytes::copy(made);
}

/// A client with a permanent key and a temporary one, which it uses.
struct two_keys {
    explicit two_keys(world& of) : in(of), client(of, 2) {}

    io::awaitable<void> make() {
        co_await client.make_key();
        permanent = client.key;
        co_await client.make_key(lifetime);
    }

    std::int32_t expiry() const {
        const auto now = in.simulation.time().unix_now();
        return static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count()) +
               lifetime;
    }

    /// Binds, with the inner message changed; the error, or "".
    template <class Change>
    io::awaitable<std::string> bind(Change change) {
        const std::int64_t msg_id = client.new_msg_id();
        tl::bind_auth_key_inner inner;
        inner.nonce = 7;
        inner.temp_auth_key_id = client.key->id();
        inner.perm_auth_key_id = permanent->id();
        inner.temp_session_id = client.session_id;
        inner.expires_at = expiry();
        tl::auth::bindTempAuthKey query;
        query.perm_auth_key_id = permanent->id();
        query.nonce = inner.nonce;
        query.expires_at = inner.expires_at;
        change(inner);
        query.encrypted_message = envelope(*permanent, inner, msg_id, in.random);
        const bytes body = tl::encode(query);
        const std::int32_t seqno = client.next_seqno(true);
        co_await client.send_numbered(body, msg_id, seqno);
        const bytes answer = co_await client.answer_to(msg_id);
        const auto why = tl::decode<tl::rpc_error>(answer);
        co_return why ? std::to_string(why->error_code) + " " + why->error_message : std::string();
    }

    world& in;
    raw_client client;
    std::shared_ptr<const crypto::auth_key> permanent;
};

}  // namespace

TEST_CASE("pfs 3.1 a temporary key that is not bound may ask for the configuration and nothing else") {
    world here;
    two_keys keys(here);
    here.run([](two_keys& k) -> io::awaitable<void> {
        co_await k.make();
        const bytes allowed = with_layer(tl::encode(tl::help::getConfig{}));
        const std::string none = co_await k.client.error_of(allowed);
        CHECK(none.empty());
        const bytes other = tl::encode(tl::updates::getState{});
        const std::string unbound = co_await k.client.error_of(other);
        CHECK(unbound == "401 AUTH_KEY_PERM_EMPTY");
    }(keys));
}

TEST_CASE("pfs 3.2 3.4 a bound key acts for the permanent one, and initConnection follows again") {
    world here;
    two_keys keys(here);
    here.run([](two_keys& k) -> io::awaitable<void> {
        co_await k.make();
        const bytes first = with_layer(tl::encode(tl::help::getConfig{}));
        co_await k.client.call(first);
        const std::string bound = co_await k.bind([](tl::bind_auth_key_inner&) {});
        CHECK(bound.empty());
        const bytes plain = tl::encode(tl::help::getConfig{});
        const std::string not_inited = co_await k.client.error_of(plain);
        CHECK(not_inited == "400 CONNECTION_NOT_INITED");
        tl::auth::importBotAuthorization enter;
        enter.api_id = 1;
        enter.bot_auth_token = "4242:token";
        const bytes enter_query = with_layer(tl::encode(enter));
        const std::string entered = co_await k.client.error_of(enter_query);
        CHECK(entered.empty());
        // The login is the permanent key's.
        const std::shared_ptr<const crypto::auth_key> temporary = std::exchange(k.client.key, k.permanent);
        k.client.session_id += 1;
        const bytes state = with_layer(tl::encode(tl::updates::getState{}));
        const std::int64_t salted = co_await k.client.send(state);
        const bytes news_body = co_await k.client.next_of(tl::bad_server_salt::tl_id);
        const auto news = tl::decode<tl::bad_server_salt>(news_body).value();
        CHECK(news.bad_msg_id == salted);
        k.client.salt = news.new_server_salt;
        const std::string known = co_await k.client.error_of(state);
        CHECK(known.empty());
    }(keys));
}

TEST_CASE("pfs 3.2 a binding with another nonce, session, key or time is refused") {
    world here;
    two_keys keys(here);
    here.run([](two_keys& k) -> io::awaitable<void> {
        co_await k.make();
        const std::string nonce = co_await k.bind([](tl::bind_auth_key_inner& inner) { ++inner.nonce; });
        CHECK(nonce == "400 ENCRYPTED_MESSAGE_INVALID");
        const std::string session =
            co_await k.bind([](tl::bind_auth_key_inner& inner) { ++inner.temp_session_id; });
        CHECK(session == "400 ENCRYPTED_MESSAGE_INVALID");
        const std::string key =
            co_await k.bind([](tl::bind_auth_key_inner& inner) { ++inner.temp_auth_key_id; });
        CHECK(key == "400 ENCRYPTED_MESSAGE_INVALID");
        const std::string time = co_await k.bind([](tl::bind_auth_key_inner& inner) { ++inner.expires_at; });
        CHECK(time == "400 EXPIRES_AT_INVALID");
        const std::string right = co_await k.bind([](tl::bind_auth_key_inner&) {});
        CHECK(right.empty());
    }(keys));
}

TEST_CASE("pfs 3.1 a temporary key that has expired is unknown") {
    world here;
    two_keys keys(here);
    here.run([](two_keys& k) -> io::awaitable<void> {
        co_await k.make();
        const std::string bound = co_await k.bind([](tl::bind_auth_key_inner&) {});
        CHECK(bound.empty());
        const auto slept = co_await k.in.simulation.time().sleep_for(std::chrono::seconds(lifetime));
        REQUIRE(slept.has_value());
        co_await k.client.connect();  // a connection that says nothing for so long has been closed
        const bytes query = with_layer(tl::encode(tl::help::getConfig{}));
        co_await k.client.send(query);
        const auto answer = co_await k.client.next_packet();
        REQUIRE(answer.has_value());
        CHECK(wire::classify(*answer).code == -404);
    }(keys));
}
