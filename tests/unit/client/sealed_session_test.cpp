// Session files under a passphrase.
#include "client/sealed_session.hpp"

#include "base/endian.hpp"
#include "crypto/seeded_random.hpp"
#include "crypto/sha.hpp"
#include "unit/client/session_files.hpp"

#include <mtproto/session_store.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <sys/stat.h>

using namespace mtproto;
using test::check_equal;
using test::contents;
using test::folder;
using test::lose_lock;
using test::sample;

namespace {

/// The least work that is taken: tests derive keys often.
core::seal_terms quick_terms() {
    core::seal_terms made;
    made.log2_n = core::seal_terms::least_log2_n;
    made.salt.fill(std::byte{5});
    return made;
}

core::session_seal quick_seal(std::string_view passphrase) {
    auto made = core::session_seal::derive(as_bytes(passphrase), quick_terms());
    REQUIRE(made.has_value());
    return std::move(*made);
}

std::vector<std::byte> sealed(const core::session_seal& seal) {
    crypto::seeded_random random(1);
    const core::secret_buffer file = seal.seal(sample(), random);
    return {file.view().begin(), file.view().end()};
}

byte_view payload_of(byte_view file) {
    const auto framed = core::unframe_session(file);
    REQUIRE(framed.has_value());
    REQUIRE(framed->version == core::session_version::sealed);
    return framed->payload;
}

/// As somebody would who changed the file on purpose.
void mend_checksum(std::vector<std::byte>& file) {
    const auto digest = crypto::sha256(byte_view(file).first(file.size() - 32));
    std::copy(digest.begin(), digest.end(), file.end() - 32);
}

/// The file of cluster "aa" in the folder, with the least work.
void write_quickly(const folder& here, std::string_view passphrase) {
    const auto file = sealed(quick_seal(passphrase));
    const auto path = here.path / "me.aa.session";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
    std::filesystem::permissions(path,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

std::shared_ptr<session_store> store_in(const folder& here, std::string_view passphrase) {
    auto made = passphrase.empty() ? file_session(here.path / "me.session")
                                   : file_session(here.path / "me.session", passphrase);
    made->select("aa");
    return made;
}

}  // namespace

TEST_CASE("a sealed session opens with its passphrase and holds nothing readable") {
    const auto file = sealed(quick_seal("correct horse"));
    const auto opened = quick_seal("correct horse").open(payload_of(file));
    REQUIRE(opened.has_value());
    REQUIRE(opened->has_value());
    check_equal(**opened, sample());
    CHECK(core::terms_of(payload_of(file)).value() == quick_terms());
    const std::vector<std::byte> part_of_key(16, std::byte{7});
    CHECK(std::search(file.begin(), file.end(), part_of_key.begin(), part_of_key.end()) == file.end());
}

TEST_CASE("another passphrase opens nothing") {
    const auto file = sealed(quick_seal("correct horse"));
    for (const char* wrong : {"correct hors", "correct horse ", "Correct horse"}) {
        const auto opened = quick_seal(wrong).open(payload_of(file));
        REQUIRE(opened.has_value());
        CHECK_FALSE(opened->has_value());
    }
}

TEST_CASE("each saving has a nonce of its own") {
    const auto seal = quick_seal("x");
    crypto::seeded_random random(1);
    const core::secret_buffer one = seal.seal(sample(), random), other = seal.seal(sample(), random);
    REQUIRE(one.view().size() == other.view().size());
    CHECK_FALSE(std::equal(one.view().begin(), one.view().end(), other.view().begin()));
}

TEST_CASE("every change to a sealed file is noticed, with a right checksum, too") {
    const auto seal = quick_seal("x");
    const auto whole = sealed(seal);
    for (std::size_t i = core::session_head_size; i + 32 < whole.size(); ++i) {
        auto changed = whole;
        changed[i] ^= std::byte{0x20};
        REQUIRE_FALSE(core::unframe_session(changed).has_value());  // damage
        mend_checksum(changed);
        const auto framed = core::unframe_session(changed);
        REQUIRE(framed.has_value());
        const auto terms = core::terms_of(framed->payload);
        // The nonce, what is encrypted and its tag: what stands before leads to another key, or to none.
        if (terms && *terms == quick_terms()) {
            const auto opened = seal.open(framed->payload);
            REQUIRE(opened.has_value());
            REQUIRE_FALSE(opened->has_value());
        }
    }
    auto shorter = whole;
    shorter.erase(shorter.begin() + core::session_head_size + 80,
                  shorter.begin() + core::session_head_size + 81);
    store_le(shorter.data() + 8, static_cast<std::uint32_t>(payload_of(whole).size() - 1));
    mend_checksum(shorter);
    CHECK_FALSE(seal.open(payload_of(shorter))->has_value());
}

TEST_CASE("a file that asks for too much work, too little, or for what is not known, gets none") {
    const auto whole = sealed(quick_seal("x"));
    const auto with = [&](std::size_t at, int value) {
        auto changed = whole;
        changed[core::session_head_size + at] = static_cast<std::byte>(value);
        mend_checksum(changed);
        return core::terms_of(payload_of(changed)).has_value();
    };
    for (const int log2_n : {15, 16, 17, 18})
        CHECK(with(1, log2_n));
    for (const int log2_n : {0, 1, 14, 19, 31, 63, 255})
        CHECK_FALSE(with(1, log2_n));
    CHECK_FALSE(with(0, 0));
    CHECK_FALSE(with(0, 2));
    for (std::size_t size = 0; size < 46; ++size)
        CHECK_FALSE(core::terms_of(payload_of(whole).first(size)).has_value());
    CHECK(core::terms_of(payload_of(whole).first(46)).has_value());
}

TEST_CASE("a file under a passphrase gives back what it was given") {
    const folder here;
    // The work that files are written with: this is the one test that does it.
    REQUIRE(store_in(here, "correct horse")->save(sample()).has_value());
    CHECK(session_is_encrypted(here.path / "me.session", "aa"));
    CHECK_FALSE(session_is_encrypted(here.path / "me.session", "bb"));
    const auto store = store_in(here, "correct horse");
    const auto loaded = store->load();
    REQUIRE(loaded.has_value());
    REQUIRE(loaded->has_value());
    check_equal(**loaded, sample());
    struct ::stat about {};
    REQUIRE(::stat((here.path / "me.aa.session").c_str(), &about) == 0);
    CHECK((about.st_mode & 07777) == 0600);
    CHECK(core::seal_terms().log2_n == 17);
}

TEST_CASE("a wrong passphrase, none, one too many, and damage are told apart") {
    const folder here;
    write_quickly(here, "correct horse");
    const auto why = [&](std::string_view passphrase) {
        const auto loaded = store_in(here, passphrase)->load();
        REQUIRE_FALSE(loaded.has_value());
        CHECK(loaded.error().code == errc::session_file);
        CHECK(loaded.error().detail.find("me.aa.session") != std::string::npos);
        if (!passphrase.empty()) CHECK(loaded.error().detail.find(passphrase) == std::string::npos);
        return loaded.error().detail;
    };
    CHECK(why("wrong").find("not its passphrase") != std::string::npos);
    CHECK(why("").find("is encrypted") != std::string::npos);
    std::string data = contents(here.path / "me.aa.session");
    data[data.size() / 2] = static_cast<char>(data[data.size() / 2] ^ 1);
    std::ofstream(here.path / "me.aa.session", std::ios::binary) << data;
    CHECK(why("correct horse").find("damaged") != std::string::npos);
    std::filesystem::remove(here.path / "me.aa.session");
    REQUIRE(store_in(here, "")->save(sample()).has_value());
    CHECK(why("correct horse").find("is not encrypted") != std::string::npos);
    CHECK_THROWS_AS((void)file_session(here.path / "me.session", ""), error);
}

TEST_CASE("a passphrase is changed, and taken away") {
    const folder here;
    write_quickly(here, "old");
    const auto path = here.path / "me.session";
    const std::string before = contents(here.path / "me.aa.session");
    CHECK_FALSE(change_passphrase(path, "aa", "wrong", "new").has_value());
    CHECK_FALSE(change_passphrase(path, "aa", "", "new").has_value());
    CHECK_FALSE(change_passphrase(path, "bb", "old", "new").has_value());  // there is none
    CHECK(contents(here.path / "me.aa.session") == before);
    REQUIRE(change_passphrase(path, "aa", "old", "new").has_value());
    CHECK_FALSE(store_in(here, "old")->load().has_value());
    check_equal(*store_in(here, "new")->load().value(), sample());
    REQUIRE(change_passphrase(path, "aa", "new", "").has_value());
    check_equal(*store_in(here, "")->load().value(), sample());
    CHECK_FALSE(session_is_encrypted(path, "aa"));
    CHECK(here.files() == 1);
}

TEST_CASE("a passphrase that is set, changed or removed meanwhile is not undone by a store that is open") {
    const folder here;
    const auto path = here.path / "me.session";
    std::string from, to;
    SUBCASE("set") {
        to = "new";
    }
    SUBCASE("changed") {
        from = "old";
        to = "new";
    }
    SUBCASE("removed") {
        from = "old";
    }
    if (from.empty())
        REQUIRE(store_in(here, "")->save(sample()).has_value());
    else
        write_quickly(here, from);
    const auto running = store_in(here, from);
    REQUIRE(running->load().has_value());
    REQUIRE(change_passphrase(path, "aa", from, to).has_value());
    const std::string after = contents(here.path / "me.aa.session");
    stored_session other = sample();
    other.user_id = 1;
    for (int i = 0; i < 2; ++i) {
        const auto saved = running->save(other);
        REQUIRE_FALSE(saved.has_value());
        CHECK(saved.error().code == errc::session_file);
        CHECK_FALSE(running->remove().has_value());
    }
    CHECK(contents(here.path / "me.aa.session") == after);
    lose_lock(here.path / "me.aa.session");
    check_equal(*store_in(here, to)->load().value(), sample());
}

TEST_CASE("two stores that begin without a file share the salt of the one that makes it") {
    const folder here;
    const auto one = store_in(here, "x"), other = store_in(here, "x");
    CHECK_FALSE(one->load().value().has_value());
    lose_lock(here.path / "me.aa.session");
    CHECK_FALSE(other->load().value().has_value());
    write_quickly(here, "x");
    stored_session changed = sample();
    changed.user_id = 1;
    REQUIRE(one->save(changed).has_value());
    check_equal(*other->load().value(), changed);
}

TEST_CASE("a store keeps the salt of the file that it loaded: its key is derived once") {
    const folder here;
    write_quickly(here, "x");
    const auto store = store_in(here, "x");
    REQUIRE(store->load().has_value());
    REQUIRE(store->save(sample()).has_value());
    const std::string data = contents(here.path / "me.aa.session");
    CHECK(core::terms_of(payload_of(as_bytes(data))).value() == quick_terms());
    check_equal(*store->load().value(), sample());
}
