// Several processes on one stored session: what each changes is brought into what is stored by then.
#include "client/synced_session.hpp"

#include "unit/client/scripted_cluster.hpp"
#include "unit/client/session_files.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mtproto;
using ::test::check_equal;
using ::test::sample;

namespace {

constexpr int home_dc = 2, elsewhere = 4;

crypto::auth_key key_of(int number) {
    const std::vector<std::byte> data(crypto::auth_key::size, static_cast<std::byte>(number));
    return crypto::auth_key::from(data).value();
}

/// A process that has loaded the session.
struct process {
    explicit process(std::shared_ptr<session_store> store) {
        REQUIRE(session.load(std::move(store), "aa", home_dc).has_value());
    }

    std::vector<std::string> said;  // errors
    core::synced_session session{[this](log_level level, const std::string& line) {
        if (level == log_level::error) said.push_back(line);
    }};
};

struct stored {
    explicit stored(std::optional<stored_session> first = sample()) { store->kept = std::move(first); }

    const stored_session& now() const { return *store->kept; }
    bool has(int dc, int key) const {
        const auto found = now().dcs.find(dc);
        return found != now().dcs.end() && found->second.auth_key.at(0) == static_cast<std::byte>(key);
    }

    std::shared_ptr<mtproto::test::recording_store> store =
        std::make_shared<mtproto::test::recording_store>();
};

}  // namespace

TEST_CASE("what several processes learn comes together in the store") {
    stored all;
    process one(all.store), other(all.store);
    one.session.key_made(1, key_of(11), 101);
    other.session.key_made(3, key_of(13), 103);
    one.session.authorization_made(1);
    other.session.salt_changed(home_dc, key_of(7), 55);
    CHECK(all.has(1, 11));
    CHECK(all.now().dcs.at(1).authorized);
    CHECK(all.has(3, 13));
    CHECK(all.now().dcs.at(home_dc).salt == 55);
    CHECK(all.now().user_id == sample().user_id);
    CHECK(all.store->saves == 4);
}

TEST_CASE("nothing is written that is stored already") {
    stored all;
    process one(all.store);
    one.session.salt_changed(home_dc, key_of(7), -5);
    one.session.salt_changed(home_dc, key_of(8), 5);  // of another key
    one.session.home_moved(home_dc);
    one.session.login_ended();
    one.session.login_ended();
    CHECK(all.store->saves == 1);
}

TEST_CASE("a login that another process makes stays, whatever this one has or learns") {
    stored_session nobody = sample();
    nobody.user_id = 0;
    for (const std::optional<stored_session>& before :
         {std::optional<stored_session>(), {sample()}, {nobody}}) {
        stored all(before);
        process one(all.store), other(all.store);
        if (!before) one.session.key_made(home_dc, key_of(7), 1);
        // The third login is under the key that both have.
        if (!before || before->user_id != 0) other.session.key_made(home_dc, key_of(21), 1);
        REQUIRE(other.session.logged_in(5, false).has_value());
        const stored_session made = all.now();
        CHECK(made.user_id == 5);
        one.session.key_made(elsewhere, key_of(9), 1);
        one.session.key_made(1, key_of(31), 1);
        one.session.authorization_made(1);
        one.session.home_moved(3);
        one.session.salt_changed(home_dc, key_of(7), 9);
        one.session.login_ended();
        one.session.key_given_up(home_dc, true);
        CHECK(one.session.logged_out().has_value());
        check_equal(all.now(), made);
        CHECK(one.said.empty());
    }
}

TEST_CASE("the same user's new login is another one") {
    stored all;
    process one(all.store), other(all.store);
    other.session.key_made(home_dc, key_of(21), 1);
    REQUIRE(other.session.logged_in(sample().user_id, true).has_value());
    const stored_session made = all.now();
    one.session.login_ended();
    one.session.key_made(1, key_of(31), 1);
    check_equal(all.now(), made);
}

TEST_CASE("of two logins the last one stays, whole") {
    stored all(std::nullopt);
    process one(all.store), other(all.store);
    one.session.key_made(home_dc, key_of(11), 1);
    other.session.key_made(home_dc, key_of(12), 1);
    CHECK(all.has(home_dc, 11));
    REQUIRE(one.session.logged_in(5, false).has_value());
    REQUIRE(other.session.logged_in(6, true).has_value());
    CHECK(all.now().user_id == 6);
    CHECK(all.has(home_dc, 12));
    CHECK(all.now().dcs.at(home_dc).authorized);
}

TEST_CASE("of two keys for one data centre the first stays, and an authorized one takes its place") {
    stored all;
    process one(all.store), other(all.store);
    one.session.key_made(1, key_of(11), 1);
    other.session.key_made(1, key_of(12), 1);
    CHECK(all.has(1, 11));
    other.session.authorization_made(1);
    CHECK(all.has(1, 12));
    one.session.authorization_made(1);
    CHECK(all.has(1, 12));
    CHECK(all.now().dcs.at(1).authorized);
    // The next process takes what is stored.
    CHECK(process(all.store).session.find(1)->auth_key == all.now().dcs.at(1).auth_key);
}

TEST_CASE("transport error 1.6: a key that is given up without proof is stored until another is authorized") {
    stored all;
    process one(all.store);
    SUBCASE("at home") {
        one.session.key_given_up(home_dc, false);
        CHECK_FALSE(one.session.logged_in());
        check_equal(all.now(), sample());
        one.session.key_made(home_dc, key_of(21), 1);
        one.session.login_ended();  // as the server says that it knows no login under the new key
        check_equal(all.now(), sample());
        REQUIRE(one.session.logged_in(6, false).has_value());
        CHECK(all.has(home_dc, 21));
        CHECK(all.now().user_id == 6);
    }
    SUBCASE("elsewhere") {
        one.session.authorization_made(elsewhere);
        one.session.key_given_up(elsewhere, false);
        one.session.key_made(elsewhere, key_of(21), 1);
        one.session.key_given_up(elsewhere, false);
        one.session.key_made(elsewhere, key_of(22), 1);
        CHECK(all.has(elsewhere, 9));
        CHECK(all.now().dcs.at(elsewhere).authorized);
        one.session.authorization_made(elsewhere);
        CHECK(all.has(elsewhere, 22));
    }
    SUBCASE("elsewhere, where another process has put its own meanwhile") {
        process other(all.store);
        one.session.key_given_up(elsewhere, false);
        other.session.key_given_up(elsewhere, false);
        other.session.key_made(elsewhere, key_of(31), 1);
        other.session.authorization_made(elsewhere);
        one.session.key_made(elsewhere, key_of(21), 1);
        one.session.authorization_made(elsewhere);
        CHECK(all.has(elsewhere, 31));
    }
}

TEST_CASE("what a server says in a packet that verifies ends the stored login and removes its key") {
    stored all;
    process one(all.store);
    one.session.key_given_up(home_dc, true);
    CHECK(all.now().user_id == 0);
    CHECK_FALSE(all.now().dcs.contains(home_dc));
    CHECK(all.has(elsewhere, 9));
    CHECK_FALSE(all.now().dcs.at(elsewhere).authorized);
}

TEST_CASE("a session that is removed while a process runs does not come back but by its login") {
    stored all;
    process one(all.store);
    all.store->kept.reset();
    one.session.key_made(1, key_of(11), 1);
    one.session.authorization_made(1);
    one.session.salt_changed(home_dc, key_of(7), 77);
    one.session.home_moved(3);
    one.session.home_moved(home_dc);
    CHECK_FALSE(all.store->kept);
    REQUIRE(one.session.logged_in(5, false).has_value());
    CHECK(all.now().user_id == 5);
    CHECK(all.has(1, 11));
}

TEST_CASE("where nothing was stored a key begins a session, and logging out removes it") {
    stored all(std::nullopt);
    process one(all.store), other(all.store);
    one.session.key_made(home_dc, key_of(11), 1);
    other.session.key_made(1, key_of(12), 1);
    CHECK(all.now().home_dc == home_dc);
    CHECK(all.has(home_dc, 11));
    CHECK(all.has(1, 12));
    REQUIRE(one.session.logged_in(5, false).has_value());
    REQUIRE(one.session.logged_out().has_value());
    CHECK_FALSE(all.store->kept);
}

TEST_CASE("what cannot be stored is said once, and this process goes on; a login and a logout fail") {
    stored all;
    process one(all.store);
    all.store->refusal = failure(errc::session_file, "no room");
    one.session.salt_changed(home_dc, key_of(7), 77);
    CHECK(one.said.empty());
    one.session.key_made(1, key_of(11), 1);
    one.session.authorization_made(1);
    one.session.home_moved(3);
    REQUIRE(one.said.size() == 1);
    CHECK(one.said[0].find("no room") != std::string::npos);
    CHECK(one.session.authorized(1));
    CHECK(one.session.home() == 3);
    CHECK(one.session.logged_in(5, false).error().detail == "no room");
    CHECK(one.session.logged_out().error().detail == "no room");
    CHECK(one.said.size() == 1);
    check_equal(all.now(), sample());
}

TEST_CASE("an edit may be tried again by stores that compare and swap") {
    /// Another process writes between reading and writing, once.
    class swapping_store final : public session_store {
      public:
        void select(std::string_view) override {}
        outcome<std::optional<stored_session>> load() override { return kept; }
        outcome<void> update(const session_edit& edit) override {
            for (;;) {
                std::optional<stored_session> now = kept;
                const bool write = edit(now);
                if (meanwhile) {
                    kept = std::exchange(meanwhile, std::nullopt);
                    continue;
                }
                if (write) kept = std::move(now);
                return {};
            }
        }
        std::optional<stored_session> kept = sample();
        std::optional<stored_session> meanwhile;
    };
    const auto store = std::make_shared<swapping_store>();
    process one(store);
    stored_session theirs = sample();
    theirs.dcs[3].auth_key.assign(256, std::byte{13});
    store->meanwhile = theirs;
    one.session.key_made(1, key_of(11), 1);
    CHECK(store->kept->dcs.contains(1));
    CHECK(store->kept->dcs.contains(3));
    theirs.user_id = 99;
    store->meanwhile = theirs;
    one.session.authorization_made(1);
    check_equal(*store->kept, theirs);
}
