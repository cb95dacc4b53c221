// Methods beside the files': accounts, codes, dialogs.
#include "film.hpp"

#include <mtproto/tl/reader.hpp>
#include <mtproto/tl/writer.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace mtproto;
using namespace mtproto::localdc::testing;
namespace io = mtproto::io;

namespace {

/// A query as an older layer spells it.
template <class Write>
bytes spelled(Write write) {
    tl::writer counting;
    write(counting);
    buffer made = buffer::allocate(counting.size());
    tl::writer out(made.span().first(counting.size()));
    write(out);
    return {std::move(made), 0, counting.size()};
}

}  // namespace

TEST_CASE(
    "updates: nothing happens here, told in the spelling of layer 144 too, which asks every 15 minutes") {
    world here;
    raw_client client(here, 2);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.sign_in();
        tl::updates::getDifference query;
        query.pts = 1;
        const bytes newest = tl::encode(query);
        const bytes older = spelled([](tl::writer& out) {
            out.u32(0x25939651);
            out.u32(0);
            for (int i = 0; i < 3; ++i)
                out.i32(1);
        });
        for (const bytes& each : {newest, older}) {
            const bytes asked = each;
            const bytes body = co_await c.call(asked);
            CHECK(tl::decode<tl::updates::differenceEmpty>(body).has_value());
        }
    }(client));
}

TEST_CASE("login 7.1 a code that is sent again has another hash, and one that is cancelled is void") {
    world here;
    raw_client client(here, 2);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const std::string first = co_await c.send_code("15550100");
        tl::auth::resendCode again;
        again.phone_number = "15550100";
        again.phone_code_hash = first;
        const bytes newest = tl::encode(again);
        const bytes body = co_await c.call(newest);
        const std::string second = tl::decode<tl::auth::sentCode>(body).value().phone_code_hash;
        CHECK(second != first);
        const std::string used = co_await c.error_of(newest);
        CHECK(used == "400 PHONE_CODE_EXPIRED");
        const bytes older = spelled([&](tl::writer& out) {
            out.u32(0x3ef1a9bf);
            out.string("15550100");
            out.string(second);
        });
        const bytes older_body = co_await c.call(older);
        const std::string third = tl::decode<tl::auth::sentCode>(older_body).value().phone_code_hash;
        tl::auth::cancelCode cancel;
        cancel.phone_number = "15550100";
        cancel.phone_code_hash = third;
        const bytes cancel_query = tl::encode(cancel);
        const bytes cancelled = co_await c.call(cancel_query);
        CHECK(tl::decode<bool>(cancelled).value());
        const std::string gone = co_await c.sign_in_with("15550100", third, "12345");
        CHECK(gone == "400 PHONE_CODE_EXPIRED");
    }(client));
}

TEST_CASE("login 7.1 signing up takes a code that was right and a number without an account") {
    local_dc_options options;
    options.unregistered_phones = {"15550199"};
    options.password = "two steps";
    world here(options);
    raw_client client(here, 2);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        tl::auth::signUp join;
        join.phone_number = "15550199";
        join.phone_code_hash = co_await c.send_code(join.phone_number);
        join.first_name = "New";
        const bytes early = tl::encode(join);
        const std::string unconfirmed = co_await c.error_of(early);
        CHECK(unconfirmed == "400 PHONE_CODE_INVALID");
        const std::string unknown = co_await c.sign_in_with(join.phone_number, join.phone_code_hash, "12345");
        CHECK(unknown.empty());
        join.first_name = std::string(65, 'x');
        const bytes long_name = tl::encode(join);
        const std::string too_long = co_await c.error_of(long_name);
        CHECK(too_long == "400 FIRSTNAME_INVALID");
        join.first_name = "New";
        const bytes good = tl::encode(join);
        const std::string joined = co_await c.error_of(good);
        CHECK(joined.empty());

        // A number that has an account would come past its password this way.
        join.phone_number = "15550100";
        join.phone_code_hash = co_await c.send_code(join.phone_number);
        const std::string needed = co_await c.sign_in_with(join.phone_number, join.phone_code_hash, "12345");
        CHECK(needed == "401 SESSION_PASSWORD_NEEDED");
        const bytes taken = tl::encode(join);
        const std::string occupied = co_await c.error_of(taken);
        CHECK(occupied == "400 PHONE_NUMBER_OCCUPIED");
    }(client));
}

TEST_CASE("what a client may make the server keep is bounded") {
    world here;
    raw_client client(here, 2);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.sign_in();
        tl::auth::sendCode ask;
        ask.phone_number = std::string(21, '1');
        ask.api_id = 1;
        ask.settings = tl::codeSettings{};
        const bytes ask_query = tl::encode(ask);
        const std::string phone = co_await c.error_of(ask_query);
        CHECK(phone == "400 PHONE_NUMBER_INVALID");
        tl::users::getUsers users;
        for (int i = 0; i < 101; ++i)
            users.id.push_back(tl::inputUserSelf{});
        const bytes users_query = tl::encode(users);
        const std::string many = co_await c.error_of(users_query);
        CHECK(many == "400 USERS_TOO_MUCH");
    }(client));
}

TEST_CASE("dialogs: the channel is on the first page, and there is no second and no archive") {
    world here;
    raw_client client(here, 2);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.sign_in_as_user();
        struct page {
            int offset_id;
            int offset_date;
            std::optional<int> folder;
            std::size_t dialogs;
        };
        const std::array<page, 5> pages{
            {{0, 0, {}, 1}, {0, 0, 0, 1}, {1, 0, {}, 0}, {0, 1'750'000'000, {}, 0}, {0, 0, 1, 0}}};
        for (const page& each : pages) {
            tl::messages::getDialogs query;
            query.offset_id = each.offset_id;
            query.offset_date = each.offset_date;
            query.offset_peer = tl::inputPeerEmpty{};
            query.folder_id = each.folder;
            query.limit = 100;
            const bytes asked = tl::encode(query);
            const bytes body = co_await c.call(asked);
            const auto told = tl::decode<tl::messages::dialogs>(body).value();
            CHECK(told.dialogs.size() == each.dialogs);
        }
    }(client));
}

TEST_CASE("dialogs: TDLib asks for the channel's by name, and nobody else's is there") {
    world here;
    raw_client client(here, 2);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.sign_in_as_user();
        tl::contacts::resolveUsername name;
        name.username = "demo";
        const bytes name_query = tl::encode(name);
        const bytes found = co_await c.call(name_query);
        const tl::inputChannel channel = channel_of(tl::decode<tl::contacts::resolvedPeer>(found).value());
        const auto ask = [&](std::int64_t access_hash) {
            tl::inputPeerChannel peer;
            peer.channel_id = channel.channel_id;
            peer.access_hash = access_hash;
            tl::inputDialogPeer wanted;
            wanted.peer = std::move(peer);
            tl::messages::getPeerDialogs query;
            query.peers.push_back(std::move(wanted));
            return tl::encode(query);
        };
        const bytes asked = ask(channel.access_hash);
        const bytes body = co_await c.call(asked);
        const auto told = tl::decode<tl::messages::peerDialogs>(body);
        REQUIRE(told.has_value());
        CHECK(told->dialogs.size() == 1);
        CHECK(told->chats.size() == 1);
        CHECK(told->messages.size() == 1);
        const bytes wrong = ask(channel.access_hash + 1);
        const std::string refused = co_await c.error_of(wrong);
        CHECK(refused == "400 CHANNEL_INVALID");
        const bytes nobody = tl::encode(tl::messages::getPeerDialogs{});
        const std::string none = co_await c.error_of(nobody);
        CHECK(none == "400 PEER_ID_INVALID");
    }(client));
}

TEST_CASE("bots read messages by id alone: histories, searches, dialogs and contacts are for users") {
    tl::messages::getHistory history;
    history.peer = tl::inputPeerSelf{};
    tl::messages::getDialogs dialogs;
    dialogs.offset_peer = tl::inputPeerEmpty{};
    tl::messages::search search;
    search.peer = tl::inputPeerSelf{};
    search.filter = tl::inputMessagesFilterEmpty{};
    const std::vector<bytes> for_users{tl::encode(history),
                                       tl::encode(dialogs),
                                       tl::encode(search),
                                       tl::encode(tl::messages::getPeerDialogs{}),
                                       tl::encode(tl::contacts::getContacts{}),
                                       tl::encode(tl::account::getPassword{}),
                                       tl::encode(tl::account::updateStatus{})};
    const served files;
    world here(files.options());
    raw_client bot(here, 2);
    raw_client user(here, 2);
    here.run([](raw_client& b, raw_client& u, const std::vector<bytes>& queries) -> io::awaitable<void> {
        co_await b.make_key();
        const bytes hello = with_layer(tl::encode(tl::help::getNearestDc{}));
        co_await b.call(hello);
        const std::string before = co_await b.error_of(queries.front());
        CHECK(before == "401 AUTH_KEY_UNREGISTERED");
        co_await b.sign_in();
        co_await u.sign_in_as_user();
        for (const bytes& each : queries) {
            const std::string refused = co_await b.error_of(each);
            CHECK(refused == "400 BOT_METHOD_INVALID");
            const std::string of_user = co_await u.error_of(each);
            CHECK(of_user != "400 BOT_METHOD_INVALID");
        }
        // These a bot may.
        const tl::document film = co_await find_film(b);
        const bytes part = tl::encode(part_of(film, 0, 4096));
        const std::string elsewhere = co_await b.error_of(part);
        CHECK(elsewhere == "303 FILE_MIGRATE_1");
        const bytes state = tl::encode(tl::updates::getState{});
        const std::string none = co_await b.error_of(state);
        CHECK(none.empty());
    }(bot, user, for_users));
}

TEST_CASE("users.getFullUser tells of oneself, and of nobody who is not there") {
    world here;
    raw_client client(here, 2);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.sign_in();
        tl::users::getFullUser self;
        self.id = tl::inputUserSelf{};
        const bytes self_query = tl::encode(self);
        const bytes body = co_await c.call(self_query);
        const auto told = tl::decode<tl::users::userFull>(body);
        REQUIRE(told.has_value());
        CHECK(told->full_user.id == c.user);
        CHECK(told->users.size() == 1);
        tl::inputUser other;
        other.user_id = 99;
        tl::users::getFullUser stranger;
        stranger.id = std::move(other);
        const bytes asked = tl::encode(stranger);
        const std::string unknown = co_await c.error_of(asked);
        CHECK(unknown == "400 USER_ID_INVALID");
    }(client));
}
