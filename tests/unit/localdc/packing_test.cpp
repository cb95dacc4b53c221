// Messages that go out together.
#include "localdc/packing.hpp"

#include "crypto/seeded_random.hpp"
#include "localdc/catalogue.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <vector>

using namespace mtproto;
using namespace mtproto::localdc;
using namespace std::chrono_literals;

namespace {

/// A file that can or cannot be read.
struct contents final : content_reader {
    bool read(const served_file&, std::int64_t, byte_span into) override {
        std::fill(into.begin(), into.end(), std::byte{7});
        return readable;
    }
    bool readable = true;
};

struct packing_stage {
    packing_stage() {
        crypto::secret<256> secret;
        random.fill(secret.span());
        const auto key = std::make_shared<const crypto::auth_key>(secret.span());
        context.key = std::make_shared<key_state>(key, salt_schedule(1, 2, now));
        context.session = other_session();
    }
    static std::shared_ptr<server_session> other_session() {
        static std::int64_t number = 0;
        return std::make_shared<server_session>(++number, 1);
    }
    void add(std::size_t size, std::int64_t msg_id = 0) {
        outgoing made;
        made.content.body = bytes::copy(std::vector<std::byte>(size));
        made.content.content = true;
        made.content.msg_id = msg_id;
        made.context = context;
        batch.push_back(std::move(made));
    }
    /// How many messages each packet contains; 0 where it is no container.
    std::vector<std::size_t> packed() {
        const packing all(batch, {files, random, pool, now});
        std::vector<std::size_t> sizes;
        for (const packing::item& each : all.items()) {
            auto opened = wire::open(each.packet, each.source->context.key->key, wire::role::client);
            REQUIRE(opened.has_value());
            const auto inside = wire::read_container(opened->body);
            sizes.push_back(inside ? inside->size() : 0);
        }
        return sizes;
    }

    crypto::seeded_random random{7};
    buffer_pool pool;
    unix_time now = 1'700'000'000s;
    contents files;
    session_context context;
    std::vector<outgoing> batch;
};

}  // namespace

TEST_CASE("small messages of one session go into a container, a large one and one of another alone") {
    packing_stage all;
    all.add(8);
    all.add(12);
    all.add(small_message + 4);
    all.add(8);
    all.context.session = packing_stage::other_session();
    all.add(8);
    CHECK(all.packed() == std::vector<std::size_t>{2, 0, 0, 0});
    CHECK(all.batch[0].content.msg_id < all.batch[1].content.msg_id);
}

TEST_CASE("a message that was sent before never goes out alone with other padding (4.8)") {
    packing_stage all;
    all.add(8, 1'700'000'000ll << 32 | 1);
    CHECK(all.packed() == std::vector<std::size_t>{1});
}

TEST_CASE("a message that a fault marks goes alone, and its packet has the fault") {
    packing_stage all;
    all.add(8);
    all.add(8);
    const traffic::fault marked{};
    all.batch[1].content.fault = &marked;
    const packing packed(all.batch, {all.files, all.random, all.pool, all.now});
    REQUIRE(packed.items().size() == 2);
    CHECK_FALSE(packed.items()[0].fault);
    CHECK(packed.items()[1].fault == &marked);
}

TEST_CASE("packets that are ready and quick acknowledgements keep their place") {
    packing_stage all;
    all.add(8);
    outgoing ready;
    ready.type = outgoing::kind::payload;
    ready.payload = wire::transport_error(-404);
    all.batch.push_back(std::move(ready));
    all.add(8);
    const packing packed(all.batch, {all.files, all.random, all.pool, all.now});
    REQUIRE(packed.items().size() == 3);
    CHECK(packed.items()[1].source == &all.batch[1]);
    CHECK(packed.items()[1].packet.size == 4);
}

TEST_CASE("a part that cannot be read becomes an error, alone and in a container") {
    const served_file film;
    for (const std::size_t messages : {1u, 2u}) {
        CAPTURE(messages);
        packing_stage all;
        all.files.readable = false;
        for (std::size_t i = 0; i < messages; ++i) {
            outgoing made;
            made.content = answer_for(5);
            made.content.part = file_part{&film, 0, 16, 16, 0, {}};
            made.context = all.context;
            all.batch.push_back(std::move(made));
        }
        all.packed();
        CHECK_FALSE(all.batch[0].content.part);
        const auto result = wire::read_rpc_result(all.batch[0].content.body);
        REQUIRE(result.has_value());
        CHECK(tl::decode<tl::rpc_error>(result->body).value().error_message == "INTERNAL");
    }
}
