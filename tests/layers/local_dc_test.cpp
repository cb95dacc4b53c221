// What the local data centre answers to clients of its own layer and of others.
#include "film.hpp"

#include <mtproto/tl/reader.hpp>
#include <mtproto/tl/writer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace mtproto;
using namespace mtproto::localdc::testing;
namespace io = mtproto::io;

namespace {

constexpr int own = tl::api_layer;
/// Of the clients in tests/interop.
constexpr std::array<int, 4> foreign{144, 198, 223, 227};

bool is_foreign(int layer) {
    return std::find(foreign.begin(), foreign.end(), layer) != foreign.end();
}

}  // namespace

TEST_CASE("layers 5.11 those that nothing is known of are refused, not answered in another's words") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        for (const int layer : {0, 143, 145, 197, 199, own - 1}) {
            if (is_foreign(layer)) continue;
            CAPTURE(layer);
            const bytes query = with_layer(tl::encode(tl::help::getNearestDc{}), layer);
            const std::string refused = co_await c.error_of(query);
            CHECK(refused == "400 CONNECTION_LAYER_INVALID");
        }
        for (const int layer : {144, 198, 223, 227, own, own + 1, 1000}) {
            CAPTURE(layer);
            const bytes query = with_layer(tl::encode(tl::help::getNearestDc{}), layer);
            const std::string none = co_await c.error_of(query);
            CHECK(none.empty());
        }
    }(client));
}

TEST_CASE("users.getFullUser tells of oneself in the constructors of each layer") {
    struct spelling {
        int layer;
        std::uint32_t full_user;
        std::uint32_t peer_settings;
        std::uint32_t notify_settings;
        int words;  // of flags
    };
    const std::array<spelling, 4> spellings{{{144, 0xc4b1fc3f, 0xa518110d, 0xa83b0426, 1},
                                             {198, 0x4d975bbc, 0xacd66c5e, 0x99622c0c, 2},
                                             {223, 0xa02bc13e, 0xf47741f7, 0x99622c0c, 2},
                                             {227, 0x06cbe645, 0xf47741f7, 0x99622c0c, 2}}};
    world here;
    raw_client client(here, 2);
    here.run([](raw_client& c, const std::array<spelling, 4>& all) -> io::awaitable<void> {
        co_await c.sign_in();
        tl::users::getFullUser query;
        query.id = tl::inputUserSelf{};
        for (const spelling& each : all) {
            CAPTURE(each.layer);
            const bytes asked = with_layer(tl::encode(query), each.layer);
            const bytes body = co_await c.call(asked);
            tl::reader in(body);
            CHECK(in.u32() == 0x3b6d152e);
            CHECK(in.u32() == each.full_user);
            for (int i = 0; i < each.words; ++i)
                CHECK(in.u32() == 0);
            CHECK(in.i64() == c.user);
            CHECK(in.u32() == each.peer_settings);
            CHECK(in.u32() == 0);
            CHECK(in.u32() == each.notify_settings);
            CHECK(in.u32() == 0);
            CHECK(in.i32() == 0);
            CHECK(in.ok());
        }
        const bytes asked = with_layer(tl::encode(query), own);
        const bytes body = co_await c.call(asked);
        const auto told = tl::decode<tl::users::userFull>(body);
        REQUIRE(told.has_value());
        CHECK(told->full_user.id == c.user);
    }(client, spellings));
}

TEST_CASE("objects that foreign clients are sent as the library spells them are the same in all layers") {
    struct sent {
        std::string_view name;
        std::uint32_t now;
        std::uint32_t always;
    };
    // One that changes has to stand in tl-schema/older.tl, for each of the layers there.
    const std::array<sent, 21> all{{
        {"auth.authorizationSignUpRequired", tl::auth::authorizationSignUpRequired::tl_id, 0x44747e9a},
        {"auth.exportedAuthorization", tl::auth::exportedAuthorization::tl_id, 0xb434e2b8},
        {"auth.loggedOut", tl::auth::loggedOut::tl_id, 0xc3a2835f},
        {"auth.sentCode", tl::auth::sentCode::tl_id, 0x5e002502},
        {"auth.sentCodeTypeApp", tl::auth::sentCodeTypeApp::tl_id, 0x3dbb5986},
        {"cdnConfig", tl::cdnConfig::tl_id, 0x5725e40a},
        {"chatPhotoEmpty", tl::chatPhotoEmpty::tl_id, 0x37c1011c},
        {"dcOption", tl::dcOption::tl_id, 0x18b7a10d},
        {"documentAttributeFilename", tl::documentAttributeFilename::tl_id, 0x15590068},
        {"fileHash", tl::fileHash::tl_id, 0xf39b035c},
        {"messageActionChannelCreate", tl::messageActionChannelCreate::tl_id, 0x95d2ac92},
        {"messageEmpty", tl::messageEmpty::tl_id, 0x90a6ca84},
        {"nearestDc", tl::nearestDc::tl_id, 0x8e1a1775},
        {"passwordKdfAlgo...ModPow",
         tl::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow::tl_id, 0x3a912d4a},
        {"peerChannel", tl::peerChannel::tl_id, 0xa2a5371e},
        {"securePasswordKdfAlgoUnknown", tl::securePasswordKdfAlgoUnknown::tl_id, 0x004a8537},
        {"storage.filePartial", tl::storage::filePartial::tl_id, 0x40bc6f52},
        {"updates.differenceEmpty", tl::updates::differenceEmpty::tl_id, 0x5d75a138},
        {"updates.state", tl::updates::state::tl_id, 0xa56c2a3e},
        {"upload.file", tl::upload::file::tl_id, 0x096a18d5},
        {"userEmpty", tl::userEmpty::tl_id, 0xd3bc4b7a},
    }};
    for (const sent& each : all) {
        CAPTURE(each.name);
        CHECK(each.now == each.always);
    }
}
