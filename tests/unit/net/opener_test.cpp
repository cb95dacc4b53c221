// Packets of several connections opened in one go.
#include "net/opener.hpp"

#include "crypto/seeded_random.hpp"
#include "unit/net/scripted_server.hpp"
#include "wire/envelope.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <utility>
#include <vector>

using namespace mtproto;

namespace {

class collecting final : public net::packet_receiver {
  public:
    explicit collecting(std::vector<std::pair<std::uint64_t, errc>>& into) : into_(into) {}
    void opened(std::uint64_t line, result<wire::opened> what) override {
        into_.emplace_back(line, what ? errc{} : errc::bad_message_key);
    }

  private:
    std::vector<std::pair<std::uint64_t, errc>>& into_;
};

struct workshop {
    wire::open_job job(bool sound = true) {
        wire::message_header head;
        const std::array<std::byte, 64> body{};
        wire::open_job made;
        made.data = wire::seal(key, wire::role::server, head, body, random).data;
        if (!sound) made.data.span()[30] ^= std::byte{1};
        made.key = key;
        return made;
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
    net::opener opener(here.context.get_executor());
    for (std::uint64_t i = 0; i < 20; ++i)
        opener.submit(here.job(i % 5 != 3), here.receiver, i);
    CHECK(here.got.empty());
    here.context.run();
    REQUIRE(here.got.size() == 20);
    for (std::uint64_t i = 0; i < 20; ++i) {
        CHECK(here.got[i].first == i);
        CHECK(here.got[i].second == (i % 5 != 3 ? errc{} : errc::bad_message_key));
    }
}

TEST_CASE("a lone packet waits for two turns of the executor and no longer") {
    workshop here;
    net::opener opener(here.context.get_executor());
    opener.submit(here.job(), here.receiver, 1);
    here.context.poll_one();
    CHECK(here.got.empty());
    here.context.poll_one();
    CHECK(here.got.size() == 1);
}

TEST_CASE("while reads bring more, packets wait for company, up to a full batch or the end of patience") {
    workshop here;
    net::opener opener(here.context.get_executor());
    opener.submit(here.job(), here.receiver, 1);
    int turns = 0;
    for (; here.got.empty(); ++turns) {
        ++opener.reads();
        REQUIRE(here.context.poll_one() == 1);
    }
    CHECK(turns == net::opener::patience);

    here.got.clear();
    here.context.restart();
    opener.submit(here.job(), here.receiver, 0);
    for (std::uint64_t i = 1; i < net::opener::full_batch; ++i) {
        ++opener.reads();
        here.context.poll_one();
        CHECK(here.got.empty());
        opener.submit(here.job(), here.receiver, i);
    }
    ++opener.reads();
    here.context.poll_one();
    CHECK(here.got.size() == net::opener::full_batch);
}

TEST_CASE("for a line that ends, what waits is opened at once, and only once") {
    workshop here;
    net::opener opener(here.context.get_executor());
    opener.submit(here.job(), here.receiver, 1);
    opener.submit(here.job(), here.receiver, 2);
    opener.flush();
    CHECK(here.got.size() == 2);
    opener.flush();
    here.context.run();
    CHECK(here.got.size() == 2);
}

TEST_CASE("a receiver that is gone gets nothing, and others get theirs") {
    workshop here;
    net::opener opener(here.context.get_executor());
    std::vector<std::pair<std::uint64_t, errc>> other;
    auto gone = std::make_shared<collecting>(other);
    opener.submit(here.job(), gone, 1);
    opener.submit(here.job(), here.receiver, 2);
    gone.reset();
    here.context.run();
    CHECK(other.empty());
    CHECK(here.got.size() == 1);
}

TEST_CASE("an opener that goes away forgets what it was given") {
    workshop here;
    {
        net::opener opener(here.context.get_executor());
        opener.submit(here.job(), here.receiver, 1);
    }
    here.context.run();
    CHECK(here.got.empty());
}
