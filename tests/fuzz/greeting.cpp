// The first bytes of a connection to the local data centre, at its own port and at the proxy's of each kind.
#include "localdc/greeting.hpp"

#include "crypto/seeded_random.hpp"
#include "fuzz.hpp"
#include "io/simulation.hpp"
#include "wire/obfuscated.hpp"
#include "wire/tls_records.hpp"

#include <boost/asio/detached.hpp>

#include <array>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

constexpr unix_time now = 1'750'000'000s;
constexpr std::string_view secrets[] = {"000102030405060708090a0b0c0d0e0f",
                                        "dd000102030405060708090a0b0c0d0e0f",
                                        "ee000102030405060708090a0b0c0d0e0f6578616d706c652e6f7267"};

void append(std::vector<std::byte>& to, byte_view data) {
    to.insert(to.end(), data.begin(), data.end());
}

/// What a client that knows the secret begins with.
std::vector<std::byte> genuine(const wire::proxy_secret* secret, wire::framing kind) {
    crypto::seeded_random random(3);
    std::vector<std::byte> made;
    const wire::obfuscation_offer offer =
        wire::offer_obfuscation(kind, wire::dc_mark::from(2), secret ? &secret->key : nullptr, random);
    if (!secret || secret->kind != wire::proxy_secret::form::fake_tls) {
        append(made, offer.header);
        return made;
    }
    append(made, wire::make_client_hello(*secret, now, random).record);
    wire::tls_record_writer records(wire::role::client);
    const std::array<byte_view, 1> parts{offer.header};
    for (const byte_view out : records.wrap(parts))
        append(made, out);
    return made;
}

/// Sends in pieces of the sizes, used in turn, and leaves a while after the last one.
io::awaitable<void> send(std::unique_ptr<io::stream> over, std::vector<std::byte> all, byte_view sizes,
                         io::timers& time) {
    byte_view left = all;
    for (std::size_t turn = 0; !left.empty(); ++turn) {
        const std::size_t size =
            sizes.empty() ? left.size() : 1 + std::to_integer<std::size_t>(sizes[turn % sizes.size()]);
        const std::array<byte_view, 1> piece{left.first(std::min(size, left.size()))};
        left = left.subspan(piece[0].size());
        const auto written = co_await over->write(piece);
        if (!written) co_return;
        std::ignore = co_await time.sleep_for(1ms);
    }
    std::ignore = co_await time.sleep_for(1s);
}

io::awaitable<void> receive(std::unique_ptr<io::stream> stream, std::optional<wire::proxy_secret> secret,
                            bool must_succeed) {
    crypto::seeded_random random(2);
    result<localdc::greeted> greeted = errc::bad_frame;
    if (secret) {
        wire::fake_tls_guard guard(std::move(*secret));
        greeted = co_await localdc::greet_at_proxy(std::move(stream), guard, now, random);
    } else {
        greeted = co_await localdc::greet(std::move(stream), nullptr);
    }
    fuzz::require(!must_succeed || greeted.has_value(), "a client that knows the secret is let in");
    if (!greeted) co_return;
    fuzz::require(greeted->stream != nullptr, "who is let in has a stream");
    if (must_succeed)
        fuzz::require(greeted->framing == wire::framing::padded_intermediate && greeted->mark.dc == 2,
                      "framing and data centre are those that were named");
    std::array<std::byte, 64> room;
    for (;;) {
        const result<std::size_t> count = co_await greeted->stream->read_some(room);
        if (!count || *count == 0) co_return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input from(data, size);
    const std::uint8_t choice = from.u8();
    const std::size_t which = choice % 4;  // 3: no proxy
    const byte_view sizes = from.take(from.u8() % 8);
    std::optional<wire::proxy_secret> secret;
    if (which < std::size(secrets)) secret = wire::parse_proxy_secret(secrets[which]).value();
    std::vector<std::byte> sent;
    if (choice & 4) sent = genuine(secret ? &*secret : nullptr, wire::framing::padded_intermediate);
    const bool untouched = (choice & 4) != 0 && (choice & 8) == 0;
    if (choice & 8 && !sent.empty()) sent[from.u16() % sent.size()] ^= static_cast<std::byte>(from.u8() | 1);
    append(sent, from.rest());

    crypto::seeded_random random(1);
    io::simulation world(random);
    auto [client, server] = world.net().make_pair();
    io::asio::co_spawn(world.executor(), send(std::move(client), std::move(sent), sizes, world.time()),
                       io::asio::detached);
    world.run(receive(std::move(server), std::move(secret), untouched));
    return 0;
}
