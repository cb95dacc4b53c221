// The generated schemas in use: MTProto's own messages, the API, and the older layers' shapes.
#include "base/hex.hpp"

#include <mtproto/api.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

using namespace mtproto;

TEST_CASE("protocol 2.1: req_pq_multi and resPQ") {
    const tl::req_pq_multi request{.nonce = {std::byte{0x3e}, std::byte{0x05}}};
    CHECK(hex(tl::encode(request)) == "f18e7ebe3e050000000000000000000000000000");
    const tl::resPQ answer{.pq = bytes::copy("12345678"), .server_public_key_fingerprints = {1, -1}};
    const auto read = tl::decode<tl::req_pq_multi::response>(tl::encode(answer));
    REQUIRE(read.has_value());
    CHECK(read->pq.text() == "12345678");
    CHECK(read->server_public_key_fingerprints == std::vector<std::int64_t>{1, -1});
}

TEST_CASE("protocol 5.9: future_salts holds a bare vector") {
    const tl::future_salts value{
        .req_msg_id = 1, .now = 2, .salts = {{.valid_since = 3, .valid_until = 4, .salt = 5}}};
    CHECK(hex(tl::encode(value)) ==
          "950850ae"
          "0100000000000000"
          "02000000"
          "01000000"
          "03000000"
          "04000000"
          "0500000000000000");
    const auto read = tl::decode<tl::future_salts>(tl::encode(value));
    REQUIRE(read.has_value());
    CHECK(read->salts.at(0).salt == 5);
    static_assert(std::is_same_v<tl::FutureSalt, tl::future_salt>);
}

TEST_CASE("the answers of the key exchange are sums") {
    const tl::Set_client_DH_params_answer answer = tl::dh_gen_retry{};
    const auto read = tl::decode<tl::set_client_DH_params::response>(tl::encode(answer));
    REQUIRE(read.has_value());
    CHECK(read->as<tl::dh_gen_retry>());
    CHECK(!read->as<tl::dh_gen_ok>());
}

TEST_CASE("protocol 8.1: upload.getFile and the file that answers it") {
    const tl::upload::getFile request{
        .precise = true,
        .location =
            tl::inputDocumentFileLocation{.id = 5, .access_hash = 7, .file_reference = bytes::copy("ref")},
        .offset = 1'000'448,
        .limit = 1024};
    CHECK(hex(tl::encode(request)) ==
          "be3553be"
          "01000000"
          "8475d0ba"
          "0500000000000000"
          "0700000000000000"
          "03726566"
          "00000000"
          "00440f0000000000"
          "00040000");
    static_assert(std::is_same_v<tl::upload::getFile::response, tl::upload::File>);

    const tl::upload::File file =
        tl::upload::file{.type = tl::storage::fileMp4{}, .mtime = 1, .bytes = bytes::copy("contents")};
    const bytes packet = tl::encode(file);
    const auto read = tl::decode<tl::upload::File>(packet);
    REQUIRE(read.has_value());
    const auto* held = read->as<tl::upload::file>();
    REQUIRE(held);
    CHECK(held->bytes.text() == "contents");
    CHECK(held->bytes.data() > packet.data());
    CHECK(held->bytes.data() < packet.data() + packet.size());
}

TEST_CASE("protocol 5.11: a request inside initConnection inside invokeWithLayer") {
    const tl::initConnection connection{
        .api_id = 1, .device_model = "d", .query = {tl::encode(tl::help::getConfig{})}};
    const tl::invokeWithLayer request{.layer = tl::api_layer, .query = {tl::encode(connection)}};
    const auto outer = tl::decode<tl::invokeWithLayer>(tl::encode(request));
    REQUIRE(outer.has_value());
    const auto inner = tl::decode<tl::initConnection>(outer->query.data);
    REQUIRE(inner.has_value());
    CHECK(inner->device_model == "d");
    CHECK(!inner->proxy);
    CHECK(tl::decode<tl::help::getConfig>(inner->query.data).has_value());
}

TEST_CASE("methods name their results") {
    static_assert(std::is_same_v<tl::help::getNearestDc::response, tl::nearestDc>);
    static_assert(std::is_same_v<tl::users::getUsers::response, std::vector<tl::User>>);
    static_assert(std::is_same_v<tl::auth::bindTempAuthKey::response, bool>);
    static_assert(std::is_same_v<tl::invokeWithLayer::response, tl::raw>);
    CHECK(tl::help::getNearestDc::tl_name == "help.getNearestDc");
}

TEST_CASE("a user whose shared flag has only its bit is still complete") {
    const tl::User user = tl::user{.bot = true, .id = 9};
    const auto read = tl::decode<tl::User>(tl::encode(user));
    REQUIRE(read.has_value());
    CHECK(read->as<tl::user>()->bot);
    CHECK(read->as<tl::user>()->bot_info_version == 0);
}
