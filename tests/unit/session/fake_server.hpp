// A session under test, the clock it is given, and the other end of its link, driven by hand.
#pragma once

#include "crypto/seeded_random.hpp"
#include "session/session.hpp"
#include "wire/container.hpp"
#include "wire/envelope.hpp"
#include "wire/msg_id.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace mtproto::test {

using namespace std::chrono_literals;

inline constexpr std::int64_t first_salt = 0x1111;

inline std::shared_ptr<const crypto::auth_key> test_key() {
    crypto::seeded_random random(42);
    crypto::secret<256> secret;
    random.fill(secret.span());
    return std::make_shared<const crypto::auth_key>(secret.span());
}

/// A boxed object that is no service message, told apart by its number.
inline bytes object(std::int32_t number) {
    // An int under an id that no schema has.
    std::array<std::byte, 8> data;
    tl::writer out(data);
    out.u32(0x0badf00d);
    out.i32(number);
    return bytes::copy(data);
}

/// What the server received in one packet.
struct received_packet {
    wire::message_header header;
    bool container = false;
    std::vector<wire::contained> messages;

    /// The messages with this constructor.
    std::vector<wire::contained> with(std::uint32_t id) const {
        std::vector<wire::contained> found;
        for (const wire::contained& each : messages)
            if (wire::constructor_of(each.body) == id) found.push_back(each);
        return found;
    }
    /// The only message with this constructor, decoded.
    template <class T>
    T only() const {
        const auto found = with(T::tl_id);
        REQUIRE(found.size() == 1);
        return tl::decode<T>(found[0].body).value();
    }
    template <class T>
    bool has() const {
        return !with(T::tl_id).empty();
    }
    std::int64_t id_of(const bytes& body) const {
        for (const wire::contained& each : messages)
            if (each.body == body) return each.msg_id;
        return 0;
    }
};

class stage {
  public:
    explicit stage(session::options settings = {}, session::salt_book salts = dated_salts())
        : under_test(key, std::move(salts), 0s, random, settings) {}

    /// A book that asks for no more salts, so that packets hold what a test is about.
    static session::salt_book dated_salts() {
        const std::int64_t start = std::chrono::duration_cast<std::chrono::seconds>(begin).count();
        return session::salt_book(std::vector{session::salt{first_salt, start - 60, start + 36000}});
    }

    static constexpr unix_time begin = 1'700'000'000s;

    std::shared_ptr<const crypto::auth_key> key = test_key();
    crypto::seeded_random random{7};
    session::session under_test;
    time_point now{1000s};
    unix_time unix_now = begin;
    duration server_ahead{};  ///< the server's clock against unix_now

    void pass(duration time) {
        now += time;
        unix_now += time;
        under_test.on_time(now);
    }

    /// Lets a link begin: the first ping is taken and answered.
    void connect() {
        under_test.connected(now);
        const auto first = take();
        REQUIRE(first);
        answer_ping(*first);
    }
    void answer_ping(const received_packet& from) {
        const auto pings = from.with(tl::ping_delay_disconnect::tl_id);
        REQUIRE(pings.size() == 1);
        const auto ping = tl::decode<tl::ping_delay_disconnect>(pings[0].body).value();
        give(tl::pong{pings[0].msg_id, ping.ping_id}, false);
    }

    /// The next packet of the client, opened.
    std::optional<received_packet> take() {
        std::optional<wire::packet> out = under_test.next_packet(now, unix_now);
        if (!out) return std::nullopt;
        auto opened = wire::open(std::move(*out), key, wire::role::server);
        REQUIRE(opened.has_value());
        received_packet made;
        made.header = opened->header;
        if (wire::constructor_of(opened->body) == wire::msg_container_id) {
            made.container = true;
            made.messages = wire::read_container(opened->body).value();
        } else {
            made.messages = {{opened->header.msg_id, opened->header.seqno, opened->body}};
        }
        return made;
    }
    /// All packets that are there, their messages together.
    received_packet take_all() {
        received_packet all;
        while (std::optional<received_packet> next = take()) {
            all.header = next->header;
            all.messages.insert(all.messages.end(), next->messages.begin(), next->messages.end());
        }
        return all;
    }

    std::int64_t server_msg_id(bool response = true) { return ids_.next(unix_now + server_ahead, response); }
    wire::message_header server_header(bool content_related, bool response = true) {
        wire::message_header made;
        made.salt = first_salt;
        made.session_id = under_test.session_id();
        made.msg_id = server_msg_id(response);
        made.seqno = content_related ? 1 : 0;
        return made;
    }
    /// Sends a packet with a chosen header.
    void deliver(const wire::message_header& header, const bytes& body) {
        wire::sealed sealed = wire::seal(key, wire::role::server, header, body, random);
        under_test.receive(wire::open(under_test.prepare(std::move(sealed.data))), now, unix_now);
    }
    std::int64_t give_bytes(const bytes& body, bool content_related = true) {
        const wire::message_header header = server_header(content_related);
        deliver(header, body);
        return header.msg_id;
    }
    template <class T>
    std::int64_t give(const T& message, bool content_related = true) {
        return give_bytes(tl::encode(message), content_related);
    }
    std::int64_t answer(std::int64_t req_msg_id, const bytes& body) {
        return give_bytes(wire::write_rpc_result(req_msg_id, body));
    }
    std::int64_t give_container(const std::vector<wire::contained>& messages) {
        return give_bytes(wire::write_container(messages), false);
    }

    /// The next event that is an E; others before it are dropped. Nothing when there is none.
    template <class E>
    std::optional<E> next() {
        while (std::optional<session::event> each = under_test.next_event())
            if (E* wanted = std::get_if<E>(&*each)) return std::move(*wanted);
        return std::nullopt;
    }
    /// Whether any event is there.
    bool silent() { return !under_test.next_event(); }
    void forget_events() {
        while (under_test.next_event()) {
        }
    }

  private:
    wire::server_msg_ids ids_;
};

}  // namespace mtproto::test
