// The queue of what a connection has to send.
#include "localdc/outbox.hpp"

#include "localdc/cluster.hpp"
#include "localdc/faulty_link.hpp"
#include "localdc/paced_writer.hpp"
#include "raw_client.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::localdc;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

struct outbox_stage {
    explicit outbox_stage(local_dc_options options = {})
        : cluster(simulation.make_environment(), options, testing::test_key(),
                  std::move(*catalogue::read(options, 1))) {
        session = std::make_shared<server_session>(1, 1);
    }
    void send(std::size_t size, std::int64_t query = 0) {
        out->send({nullptr, session},
                  {.body = bytes::copy(std::vector<std::byte>(size)), .req_msg_id = query});
    }

    crypto::seeded_random random{7};
    io::simulation simulation{random};
    localdc::cluster cluster;
    buffer_pool pool;
    faulty_link link{cluster.env, cluster.faults, pool, simulation.net().make_pair().second, {}};
    paced_writer writer{cluster, 1};
    std::optional<outbox> out{std::in_place, cluster.env, link, writer};
    std::shared_ptr<server_session> session;
};

}  // namespace

TEST_CASE("a batch holds what is due, four large messages at most") {
    outbox_stage all;
    for (int i = 0; i < 6; ++i)
        all.send(8192);
    CHECK_FALSE(all.out->has_answered());
    CHECK(all.out->take_batch().size() == 4);
    CHECK(all.out->has_answered());
    CHECK(all.out->take_batch().size() == 2);
    CHECK(all.out->empty());
}

TEST_CASE("over a path with a rate only the first is taken before it is due") {
    local_dc_options options;
    options.rate = 1000;
    outbox_stage all(options);
    all.send(1000);
    all.send(1000);
    CHECK(all.out->take_batch().size() == 1);
    all.simulation.time().advance_by(3s);
    all.send(8);
    CHECK(all.out->take_batch().size() == 1);
}

TEST_CASE("what is sent to a session brings what another connection could not send to it") {
    outbox_stage all;
    all.session->keep({.body = bytes::copy(std::vector<std::byte>(4)), .req_msg_id = 5});
    all.send(8);
    const std::vector<outgoing> batch = all.out->take_batch();
    REQUIRE(batch.size() == 2);
    CHECK(batch[1].content.req_msg_id == 5);
}

TEST_CASE("what was not sent when the connection ends waits in its session") {
    outbox_stage all;
    all.send(8, 7);
    all.out->send_quick_ack(1);
    all.out.reset();
    const auto left = all.session->take_undelivered();
    REQUIRE(left.size() == 1);
    CHECK(left.front().req_msg_id == 7);
}

TEST_CASE("an answer that waits can be dropped, and makes room") {
    outbox_stage all;
    for (std::int64_t query = 1; query <= 2; ++query)
        all.send(3u << 20, query);
    CHECK(all.out->full());
    server_session other(2, 2);
    CHECK_FALSE(all.out->drop_answer(other, 1));
    CHECK(all.out->drop_answer(*all.session, 1));
    CHECK_FALSE(all.out->drop_answer(*all.session, 1));
    CHECK_FALSE(all.out->full());
    all.out->drop_session(*all.session);
    CHECK(all.out->empty());
}

TEST_CASE("a silent or closed link is sent nothing") {
    outbox_stage all;
    all.link.silence();
    all.send(8);
    CHECK(all.out->empty());
    outbox_stage another;
    another.link.close();
    another.out->send_transport_error(-404);
    CHECK(another.out->empty());
}
