// The CDN beside the cluster: redirects, what it answers and refuses, tokens, files that it has to be given.
#include "localdc/cdn.hpp"

#include "crypto/aes_ctr.hpp"
#include "crypto/sha.hpp"
#include "film.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace mtproto;
using namespace mtproto::localdc;
using namespace mtproto::localdc::testing;
namespace io = mtproto::io;

namespace {

local_dc_options with_cdn(const served& files) {
    local_dc_options made = files.options();
    made.cdn = true;
    return made;
}

io::awaitable<tl::upload::fileCdnRedirect> redirected(raw_client& c, const tl::document& film,
                                                      std::int64_t offset = 0) {
    tl::upload::getFile ask = part_of(film, offset, 128 * 1024);
    ask.cdn_supported = true;
    const bytes query = tl::encode(ask);
    const bytes body = co_await c.call(query);
    co_return tl::decode<tl::upload::fileCdnRedirect>(body).value();
}

bytes cdn_part(const bytes& token, std::int64_t offset, std::int32_t limit) {
    tl::upload::getCdnFile ask;
    ask.file_token = token;
    ask.offset = offset;
    ask.limit = limit;
    return tl::encode(ask);
}

/// A temporary key, bound to nothing, and initConnection.
io::awaitable<void> enter_cdn(raw_client& c) {
    co_await c.make_key(86400);
    const tl::help::getConfig config{};
    const bytes query = with_layer(tl::encode(config));
    const bytes body = co_await c.call(query);
    CHECK(tl::decode<tl::config>(body).has_value());
}

/// What the part holds, by protocol 8.3 to the letter: iv[12:16] = BE32(offset / 16).
std::vector<std::byte> decrypted(const tl::upload::fileCdnRedirect& by, std::int64_t offset,
                                 const bytes& data) {
    std::array<std::byte, 32> key;
    std::array<std::byte, 16> iv;
    REQUIRE(by.encryption_key.size() == key.size());
    REQUIRE(by.encryption_iv.size() == iv.size());
    std::copy(by.encryption_key.begin(), by.encryption_key.end(), key.begin());
    std::copy(by.encryption_iv.begin(), by.encryption_iv.end(), iv.begin());
    const auto counter = static_cast<std::uint32_t>(offset / 16);
    for (int i = 0; i < 4; ++i)
        iv[static_cast<std::size_t>(12 + i)] = static_cast<std::byte>(counter >> (24 - 8 * i));
    std::vector<std::byte> made(data.begin(), data.end());
    crypto::aes_ctr(key, iv).apply(made);
    return made;
}

}  // namespace

TEST_CASE("cdn 2.14 2.15: the configuration names it, and help.getCdnConfig its RSA key") {
    const served files;
    world here(with_cdn(files));
    raw_client home(here, 2);
    here.run([](raw_client& c, world& in) -> io::awaitable<void> {
        co_await c.sign_in();
        const tl::help::getConfig config{};
        const bytes config_query = tl::encode(config);
        const bytes config_body = co_await c.call(config_query);
        const auto told = tl::decode<tl::config>(config_body).value();
        const auto cdns =
            std::count_if(told.dc_options.begin(), told.dc_options.end(), [&](const auto& each) {
                return each.cdn && each.id == 203 && each.port == in.cluster.info().cdn_port;
            });
        CHECK(cdns == 1);
        const tl::help::getCdnConfig keys{};
        const bytes keys_query = tl::encode(keys);
        const bytes keys_body = co_await c.call(keys_query);
        const auto named = tl::decode<tl::cdnConfig>(keys_body).value();
        REQUIRE(named.public_keys.size() == 1);
        CHECK(named.public_keys[0].dc_id == 203);
        CHECK(named.public_keys[0].public_key == test_cdn_key().key.public_key().to_pem());
    }(home, here));
}

TEST_CASE("cdn 8.3: who allows it is sent there, and finds the file in AES-256-CTR with its hashes") {
    const served files;
    world here(with_cdn(files));
    raw_client home(here, 2);
    raw_client there(here, 1);
    raw_client cdn(here, 203);
    here.run([](raw_client& c, raw_client& abroad, raw_client& cdn) -> io::awaitable<void> {
        const tl::document film = co_await arrive(c, abroad);
        const bytes plain_query = tl::encode(part_of(film, 0, 4096));
        const bytes plain_body = co_await abroad.call(plain_query);
        CHECK(tl::decode<tl::upload::file>(plain_body).has_value());  // not asked for, no redirect
        const tl::upload::fileCdnRedirect to = co_await redirected(abroad, film, 128 * 1024);
        CHECK(to.dc_id == 203);
        REQUIRE_FALSE(to.file_hashes.empty());
        CHECK(to.file_hashes[0].offset == 128 * 1024);

        co_await enter_cdn(cdn);
        const std::vector<std::byte> whole = pattern(film_size);
        for (const std::int64_t offset : {0, 4096, 128 * 1024, 1 << 20}) {
            const bytes query = cdn_part(to.file_token, offset, 4096);
            const bytes body = co_await cdn.call(query);
            const auto part = tl::decode<tl::upload::cdnFile>(body).value();
            const byte_view expected = byte_view(whole).subspan(static_cast<std::size_t>(offset));
            const byte_view start = expected.first(std::min<std::size_t>(4096, expected.size()));
            const std::vector<std::byte> got = decrypted(to, offset, part.bytes);
            CHECK(std::equal(got.begin(), got.end(), start.begin(), start.end()));
            CHECK_FALSE(std::equal(part.bytes.begin(), part.bytes.end(), start.begin(), start.end()));
        }
        tl::upload::getCdnFileHashes ask;
        ask.file_token = to.file_token;
        ask.offset = 1 << 20;
        const bytes hashes_query = tl::encode(ask);
        const bytes hashes_body = co_await abroad.call(hashes_query);
        const auto hashes = tl::decode<std::vector<tl::fileHash>>(hashes_body).value();
        REQUIRE(hashes.size() == 1);
        const auto last = byte_view(whole).subspan(1 << 20);
        CHECK((hashes[0].hash == bytes::copy(crypto::sha256(last))));
    }(home, there, cdn));
}

TEST_CASE("cdn: it answers for files alone, and the data centres not for it") {
    const served files;
    world here(with_cdn(files));
    raw_client home(here, 2);
    raw_client there(here, 1);
    raw_client cdn(here, 203);
    here.run([](raw_client& c, raw_client& abroad, raw_client& cdn) -> io::awaitable<void> {
        const tl::document film = co_await arrive(c, abroad);
        const tl::upload::fileCdnRedirect to = co_await redirected(abroad, film);
        co_await enter_cdn(cdn);
        const tl::help::getCdnConfig keys{};
        const bytes keys_query = tl::encode(keys);
        const bytes file_query = tl::encode(part_of(film, 0, 4096));
        tl::auth::importBotAuthorization bot;
        bot.bot_auth_token = "1:token";
        const bytes bot_query = tl::encode(bot);
        for (const bytes& query : {keys_query, file_query, bot_query}) {
            const std::string refused = co_await cdn.error_of(query);
            CHECK(refused == "400 CDN_METHOD_INVALID");
        }
        const bytes part_query = cdn_part(to.file_token, 0, 4096);
        const std::string elsewhere = co_await abroad.error_of(part_query);
        CHECK(elsewhere == "400 CDN_METHOD_INVALID");
        const bytes wrong_query = cdn_part(bytes::copy("another"), 0, 4096);
        const std::string wrong = co_await cdn.error_of(wrong_query);
        CHECK(wrong == "400 FILE_TOKEN_INVALID");
        for (const auto& [offset, limit, why] :
             {std::tuple{1024, 4096, "400 OFFSET_INVALID"}, std::tuple{0, 12288, "400 LIMIT_INVALID"},
              std::tuple{(1 << 20) - 4096, 8192, "400 LIMIT_INVALID"}}) {
            const bytes query = cdn_part(to.file_token, offset, limit);
            const std::string refused = co_await cdn.error_of(query);
            CHECK(refused == why);
        }
    }(home, there, cdn));
}

TEST_CASE("cdn 8.3: an empty one wants to be given the file, by a token of its own") {
    const served files;
    local_dc_options options = with_cdn(files);
    options.cdn_empty = true;
    options.faults = {"forgotten-file@getCdnFile:4", "expired-token@getCdnFile:5"};
    world here(options);
    raw_client home(here, 2);
    raw_client there(here, 1);
    raw_client cdn(here, 203);
    here.run([](raw_client& c, raw_client& abroad, raw_client& cdn) -> io::awaitable<void> {
        const tl::document film = co_await arrive(c, abroad);
        const tl::upload::fileCdnRedirect to = co_await redirected(abroad, film);
        co_await enter_cdn(cdn);
        const bytes part_query = cdn_part(to.file_token, 128 * 1024, 4096);
        const bytes needed_body = co_await cdn.call(part_query);
        const auto needed = tl::decode<tl::upload::cdnFileReuploadNeeded>(needed_body).value();

        tl::upload::reuploadCdnFile give;
        give.file_token = to.file_token;
        give.request_token = bytes::copy("another");
        const bytes wrong_query = tl::encode(give);
        const std::string refused = co_await abroad.error_of(wrong_query);
        CHECK(refused == "400 REQUEST_TOKEN_INVALID");
        give.request_token = needed.request_token;
        const bytes give_query = tl::encode(give);
        const bytes given = co_await abroad.call(give_query);
        const auto hashes = tl::decode<std::vector<tl::fileHash>>(given).value();
        REQUIRE_FALSE(hashes.empty());
        CHECK(hashes[0].offset == 128 * 1024);

        for (int i = 0; i < 2; ++i) {
            const bytes part_body = co_await cdn.call(part_query);
            CHECK(tl::decode<tl::upload::cdnFile>(part_body).has_value());
        }
        const bytes forgotten_body = co_await cdn.call(part_query);
        CHECK(tl::decode<tl::upload::cdnFileReuploadNeeded>(forgotten_body).has_value());
        const std::string expired = co_await cdn.error_of(part_query);
        CHECK(expired == "400 FILE_TOKEN_INVALID");
        const tl::upload::fileCdnRedirect anew = co_await redirected(abroad, film);
        CHECK_FALSE((anew.file_token == to.file_token));
    }(home, there, cdn));
}
