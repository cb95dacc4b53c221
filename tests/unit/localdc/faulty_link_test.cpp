// Packets over a stream, and what faults do to them.
#include "localdc/faulty_link.hpp"

#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

using namespace mtproto;
using namespace mtproto::localdc;
using namespace std::chrono_literals;
namespace io = mtproto::io;
using traffic::direction;
using traffic::fault_kind;

namespace {

constexpr std::size_t packet_size = 40;

/// Strikes at the `first`-th packet of its way.
traffic::fault fault(fault_kind kind, direction way = direction::in, std::int64_t first = 1) {
    traffic::fault made;
    made.kind = kind;
    made.way = way;
    made.first = first;
    made.time = 1s;
    return made;
}

/// A link whose client has spoken once.
struct stage {
    explicit stage(std::vector<traffic::fault> faults = {}) : plan(std::move(faults)) {
        simulation.run([](stage& all) -> io::awaitable<void> {
            const std::vector<std::byte> payload(packet_size);
            wire::frame_writer writer(wire::role::client, wire::framing::intermediate, all.random);
            const wire::frame frame = writer.wrap(payload);
            const std::vector<byte_view> parts{frame.header(), payload, frame.trailer()};
            const auto written = co_await all.ends.first->write(parts);
            CHECK(written.has_value());
            const bool read = co_await all.link.read();
            CHECK(read);
            all.first = all.link.next();
        }(*this));
        REQUIRE(first);
    }

    /// How many packets go on of one that comes.
    std::size_t pass_in(std::size_t size = packet_size) {
        const auto passing = link.pass_in(wire::packet::copy(std::vector<std::byte>(size)));
        if (!passing.empty()) link.overtaken(direction::in);
        return passing.size();
    }
    /// The bytes of one packet in its frame.
    std::vector<std::byte> frame(framed_batch& batch) {
        source.type = outgoing::kind::payload;
        link.frame({&source, wire::packet::copy(std::vector<std::byte>(packet_size)), nullptr}, batch);
        std::vector<std::byte> all;
        for (const byte_view part : batch.parts())
            all.insert(all.end(), part.begin(), part.end());
        return all;
    }

    crypto::seeded_random random{7};
    io::simulation simulation{random};
    io::environment env = simulation.make_environment();
    traffic::fault_plan plan;
    buffer_pool pool;
    std::pair<std::unique_ptr<io::stream>, std::unique_ptr<io::stream>> ends = simulation.net().make_pair();
    faulty_link link{
        env, plan, pool, std::move(ends.second), {{}, {}, 4096, 4096, [](std::int64_t) { return true; }}};
    std::optional<wire::packet> first;
    outgoing source;
};

constexpr std::size_t head = 4;  // of the intermediate framing

}  // namespace

TEST_CASE("without faults packets pass, framed as the client frames its own, and are counted") {
    stage all;
    CHECK(all.first->size == packet_size);
    CHECK(all.pass_in() == 1);
    framed_batch batch;
    CHECK(all.frame(batch).size() == head + packet_size);
    CHECK(all.link.facts().received.packets == 1);
    CHECK(all.link.facts().sent.bytes == packet_size);
    CHECK_FALSE(all.link.connection_fault());
}

TEST_CASE("a packet that is dropped does not go on, a duplicate does so twice") {
    stage all({fault(fault_kind::drop), fault(fault_kind::duplicate, direction::in, 2)});
    CHECK(all.pass_in() == 0);
    CHECK(all.pass_in() == 2);
    CHECK(all.pass_in() == 1);
    CHECK(all.link.facts().received.packets == 3);
}

TEST_CASE(
    "a packet that is reordered is due once the next has passed, a delayed one when its time has come") {
    stage all({fault(fault_kind::reorder), fault(fault_kind::delay, direction::in, 2)});
    CHECK(all.pass_in(24) == 0);
    CHECK_FALSE(all.link.take_due());
    CHECK(all.pass_in(28) == 0);
    CHECK(all.pass_in(32) == 1);
    CHECK(all.link.take_due()->data.size == 24);
    CHECK_FALSE(all.link.take_due());
    CHECK(all.link.next_due() == all.env.time->now() + 1s);
    all.simulation.time().advance_by(1s);
    CHECK(all.link.take_due()->data.size == 28);
}

TEST_CASE("a packet that breaks off is the last, and half of one") {
    stage all({fault(fault_kind::break_off, direction::out)});
    framed_batch batch;
    CHECK(all.frame(batch).size() == head + packet_size / 2);
    CHECK(batch.broken_off());
    CHECK(all.frame(batch).size() == head + packet_size / 2);
}

TEST_CASE("a frame with a wrong length promises more than follows") {
    stage all({fault(fault_kind::wrong_length, direction::out)});
    framed_batch batch;
    const std::vector<std::byte> framed = all.frame(batch);
    CHECK(framed.size() == head + packet_size);
    CHECK(framed[3] == std::byte{0x7e});
}

TEST_CASE("a connection is struck once its client has spoken, until it is closed") {
    traffic::fault lasting = fault(fault_kind::freeze);
    lasting.count = 0;
    stage all({lasting});
    const traffic::fault* struck = all.link.connection_fault();
    REQUIRE(struck);
    CHECK(struck->kind == fault_kind::freeze);
    CHECK_FALSE(all.link.frozen());
    all.link.freeze(struck->time);
    CHECK(all.link.frozen());
    all.simulation.time().advance_by(1s);
    CHECK_FALSE(all.link.frozen());
    all.link.close();
    CHECK_FALSE(all.link.connection_fault());
}
