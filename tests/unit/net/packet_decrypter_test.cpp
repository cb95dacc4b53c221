// Packets of several connections decrypted in one go.
#include "net/packet_decrypter.hpp"

#include "crypto/seeded_random.hpp"
#include "unit/net/scripted_server.hpp"
#include "wire/envelope.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <utility>
#include <vector>

using namespace mtproto;

namespace {

class collecting final : public net::packet_receiver {
  public:
    explicit collecting(std::vector<std::pair<std::uint64_t, errc>>& into) : into_(into) {}
    void decrypted(std::uint64_t epoch, result<wire::opened> message) override {
        into_.emplace_back(epoch, message ? errc{} : errc::bad_message_key);
    }
    void hurry_read() override { ++asked; }

    int asked = 0;

  private:
    std::vector<std::pair<std::uint64_t, errc>>& into_;
};

struct workshop {
    wire::packet packet(std::size_t size = 64) {
        return wire::seal(key, wire::role::server, {}, std::vector<std::byte>(size), random).data;
    }
    void submit(net::packet_decrypter& to, std::uint64_t epoch, bool sound = true) {
        submit(to, epoch, receiver, sound);
    }
    void submit(net::packet_decrypter& to, std::uint64_t epoch, const std::shared_ptr<collecting>& of,
                bool sound = true) {
        wire::packet whole = packet();
        if (!sound) whole.span()[30] ^= std::byte{1};
        const std::size_t size = whole.size;
        to.submit(to.begin({std::move(whole), key, wire::role::client}, size, of), of, epoch);
    }

    boost::asio::io_context context{1};
    crypto::seeded_random random{1};
    std::shared_ptr<const crypto::auth_key> key = test::key_of_test(1);
    std::vector<std::pair<std::uint64_t, errc>> got;
    std::shared_ptr<collecting> receiver = std::make_shared<collecting>(got);
};

}  // namespace

TEST_CASE("packets come back in order, each with its own verdict") {
    workshop here;
    net::packet_decrypter decrypter(here.context.get_executor());
    for (std::uint64_t i = 0; i < 20; ++i)
        here.submit(decrypter, i, i % 5 != 3);
    CHECK(here.got.empty());
    here.context.run();
    REQUIRE(here.got.size() == 20);
    for (std::uint64_t i = 0; i < 20; ++i) {
        CHECK(here.got[i].first == i);
        CHECK(here.got[i].second == (i % 5 != 3 ? errc{} : errc::bad_message_key));
    }
}

TEST_CASE("a packet waits for two turns of the executor: those who are asked for more read in the second") {
    workshop here;
    net::packet_decrypter decrypter(here.context.get_executor());
    here.submit(decrypter, 1);
    here.context.poll_one();
    CHECK(here.got.empty());
    here.context.poll_one();
    CHECK(here.got.size() == 1);
}

TEST_CASE("packets that still come go along with one that is whole, and are asked for") {
    workshop here;
    net::packet_decrypter decrypter(here.context.get_executor());
    const auto other = std::make_shared<collecting>(here.got);
    const wire::packet coming = here.packet(100'000);
    const wire::packet before = wire::packet::copy(coming.view());
    const auto changed = [&](std::size_t from, std::size_t to) {
        return !std::equal(coming.view().begin() + static_cast<std::ptrdiff_t>(from),
                           coming.view().begin() + static_cast<std::ptrdiff_t>(to),
                           before.view().begin() + static_cast<std::ptrdiff_t>(from));
    };
    const auto begun = decrypter.begin({coming, here.key, wire::role::client}, 20'000, other);
    here.context.run();
    CHECK_FALSE(changed(0, coming.size));

    here.context.restart();
    wire::packet large = here.packet(20'000);
    const std::size_t size = large.size;
    decrypter.submit(decrypter.begin({std::move(large), here.key, wire::role::client}, size, here.receiver),
                     here.receiver, 1);
    CHECK(other->asked == 1);
    begun->received(50'000);  // as it would when asked
    here.context.run();
    REQUIRE(here.got.size() == 1);
    CHECK(changed(4096, 8192));
    CHECK_FALSE(changed(50'000, coming.size));

    here.context.restart();
    begun->received(coming.size);
    decrypter.submit(begun, other, 2);
    here.context.run();
    REQUIRE(here.got.size() == 2);
    CHECK(here.got[1].first == 2);
    CHECK(here.got[1].second == errc{});
}

TEST_CASE("a packet that will not come any more is forgotten") {
    workshop here;
    net::packet_decrypter decrypter(here.context.get_executor());
    const auto other = std::make_shared<collecting>(here.got);
    std::ignore = decrypter.begin({here.packet(100'000), here.key, wire::role::client}, 20'000, other);
    here.submit(decrypter, 1);
    here.context.run();
    here.context.restart();
    const int asked = other->asked;
    here.submit(decrypter, 2);
    here.context.run();
    CHECK(here.got.size() == 2);
    CHECK(other->asked == asked);
}

TEST_CASE("for a link that ends, what waits is decrypted at once, and only once") {
    workshop here;
    net::packet_decrypter decrypter(here.context.get_executor());
    here.submit(decrypter, 1);
    here.submit(decrypter, 2);
    decrypter.flush();
    CHECK(here.got.size() == 2);
    decrypter.flush();
    here.context.run();
    CHECK(here.got.size() == 2);
}

TEST_CASE("a receiver that is gone gets nothing, and others get theirs") {
    workshop here;
    net::packet_decrypter decrypter(here.context.get_executor());
    std::vector<std::pair<std::uint64_t, errc>> other;
    auto gone = std::make_shared<collecting>(other);
    here.submit(decrypter, 1, gone);
    here.submit(decrypter, 2);
    gone.reset();
    here.context.run();
    CHECK(other.empty());
    CHECK(here.got.size() == 1);
}

TEST_CASE("a decrypter that goes away forgets what it was given") {
    workshop here;
    {
        net::packet_decrypter decrypter(here.context.get_executor());
        here.submit(decrypter, 1);
    }
    here.context.run();
    CHECK(here.got.empty());
}
