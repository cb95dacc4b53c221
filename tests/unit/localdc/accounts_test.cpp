// Accounts that are ended or frozen, and what is one account's alone: channels, file references.
#include "known_accounts.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace mtproto;
using namespace mtproto::localdc::testing;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

io::awaitable<tl::messages::dialogs> dialogs_of(raw_client& client) {
    tl::messages::getDialogs ask;
    ask.offset_peer = tl::inputPeerEmpty{};
    ask.limit = 100;
    const bytes query = tl::encode(ask);
    const bytes body = co_await client.call(query);
    co_return tl::decode<tl::messages::dialogs>(body).value();
}

tl::inputChannel named(const tl::Chat& chat) {
    const auto* channel = chat.as<tl::channel>();
    tl::inputChannel made;
    made.channel_id = channel->id;
    made.access_hash = channel->access_hash.value();
    return made;
}

bytes message_of(tl::inputChannel in, int id) {
    tl::inputMessageID message;
    message.id = id;
    tl::channels::getMessages made;
    made.channel = std::move(in);
    made.id.push_back(std::move(message));
    return tl::encode(made);
}

}  // namespace

TEST_CASE("accounts: an end of its logins reaches each of them, wherever it is, and no later one") {
    film_stage all(two_users_and_a_bot());
    all.run([](film_stage& at) -> io::awaitable<void> {
        const bytes query = of_a_login();
        const bytes harmless = tl::encode(tl::help::getConfig{});
        for (const auto& [state, told] :
             {std::pair(local_account_state::revoked, "401 SESSION_REVOKED"),
              std::pair(local_account_state::signed_out, "401 AUTH_KEY_UNREGISTERED"),
              std::pair(local_account_state::banned, "401 USER_DEACTIVATED_BAN"),
              std::pair(local_account_state::deactivated, "401 USER_DEACTIVATED")}) {
            at.here.cluster.set_state(bot, state);
            for (raw_client* each : {&at.home, &at.there}) {
                const std::string refused = co_await each->error_of(query);
                CHECK(refused == told);
                const std::string answered = co_await each->error_of(harmless);
                CHECK(answered.empty());
            }
        }
        at.here.cluster.set_state(bot, local_account_state::active);
        tl::auth::importBotAuthorization again;
        again.api_id = 1;
        again.bot_auth_token = "4242:token";
        const bytes again_query = tl::encode(again);
        const std::string entered = co_await at.home.error_of(again_query);
        CHECK(entered.empty());
        const std::string here = co_await at.home.error_of(query);
        CHECK(here.empty());
        const std::string elsewhere = co_await at.there.error_of(query);  // it is an older login
        CHECK(elsewhere == "401 AUTH_KEY_UNREGISTERED");
        CHECK_THROWS_AS(at.here.cluster.set_state(1, local_account_state::active), error);
    });
}

TEST_CASE("accounts: nobody signs in to one that is gone, and a login on its way to another DC is void") {
    world here(two_users_and_a_bot());
    raw_client one(here, 2);
    raw_client other(here, 2);
    raw_client there(here, 1);
    here.run([](world& in, raw_client& one, raw_client& other, raw_client& there) -> io::awaitable<void> {
        co_await one.sign_in_as_user(anns_number);
        tl::auth::exportAuthorization leave;
        leave.dc_id = 1;
        const bytes leave_query = tl::encode(leave);
        const bytes ticket_body = co_await one.call(leave_query);
        const auto ticket = tl::decode<tl::auth::exportedAuthorization>(ticket_body).value();
        CHECK(ticket.id == ann);
        in.cluster.set_state(ann, local_account_state::revoked);
        co_await there.make_key();
        tl::auth::importAuthorization enter;
        enter.id = ticket.id;
        enter.bytes = ticket.bytes;
        const bytes enter_query = with_layer(tl::encode(enter));
        const std::string late = co_await there.error_of(enter_query);
        CHECK(late == "400 AUTH_BYTES_INVALID");

        in.cluster.set_state(ann, local_account_state::banned);
        co_await other.make_key();
        tl::auth::sendCode ask;
        ask.phone_number = anns_number;
        ask.api_id = 1;
        ask.settings = tl::codeSettings{};
        const bytes ask_query = with_layer(tl::encode(ask));
        const std::string banned = co_await other.error_of(ask_query);
        CHECK(banned == "400 PHONE_NUMBER_BANNED");
        in.cluster.set_state(bot, local_account_state::deactivated);
        tl::auth::importBotAuthorization as_bot;
        as_bot.api_id = 1;
        as_bot.bot_auth_token = "4242:token";
        const bytes as_bot_query = tl::encode(as_bot);
        const std::string gone = co_await other.error_of(as_bot_query);
        CHECK(gone == "401 USER_DEACTIVATED");
    }(here, one, other, there));
}

TEST_CASE("accounts: one has a password of its own, another what all have, and premium is told") {
    local_dc_options options = two_users_and_a_bot();
    options.accounts[0].password = "of her own";
    options.accounts[1].premium = true;
    world here(options);
    raw_client one(here, 2);
    raw_client other(here, 2);
    here.run([](raw_client& one, raw_client& other) -> io::awaitable<void> {
        co_await one.make_key();
        const std::string hash = co_await one.send_code(anns_number);
        const std::string needed = co_await one.sign_in_with(anns_number, hash, "12345");
        CHECK(needed == "401 SESSION_PASSWORD_NEEDED");
        const bytes question = tl::encode(tl::account::getPassword{});
        const bytes hers = co_await one.call(question);
        CHECK(tl::decode<tl::account::password>(hers).value().has_password);
        co_await other.sign_in_as_user(bens_number);
        const bytes his = co_await other.call(question);
        CHECK_FALSE(tl::decode<tl::account::password>(his).value().has_password);
        tl::users::getUsers self;
        self.id.push_back(tl::inputUserSelf{});
        const bytes self_query = tl::encode(self);
        const bytes self_body = co_await other.call(self_query);
        const auto users = tl::decode<std::vector<tl::User>>(self_body).value();
        const auto* user = users.at(0).as<tl::user>();
        REQUIRE(user);
        CHECK(user->id == ben);
        CHECK(user->premium);
    }(one, other));
}

TEST_CASE("accounts: a frozen one is refused some methods and other chats, and told until when") {
    local_dc_options options = two_users_and_a_bot();
    options.accounts[0].freeze_lasts = 1000s;
    options.accounts[0].freeze_appeal_url = "https://t.me/appeal";
    options.private_channels.resize(1);
    world here(options);
    raw_client client(here, 2);
    here.run([](world& in, raw_client& c) -> io::awaitable<void> {
        co_await c.sign_in_as_user(anns_number);
        const bytes question = tl::encode(tl::help::getAppConfig{});
        const auto fields_of = [](const bytes& body) {
            auto told = tl::decode<tl::help::AppConfig>(body).value();
            return std::move(told.as<tl::help::appConfig>()->config.as<tl::jsonObject>()->value);
        };
        const bytes before = co_await c.call(question);
        CHECK(fields_of(before).empty());
        in.cluster.set_state(ann, local_account_state::frozen);
        const bytes name_query = resolve_demo();
        const std::string refused = co_await c.error_of(name_query);
        CHECK(refused == "420 FROZEN_METHOD_INVALID");
        const auto chats = co_await dialogs_of(c);
        CHECK(chats.dialogs.size() == 1);
        tl::inputChannel apart;
        apart.channel_id = in.cluster.info().private_channels.at(0).id;
        apart.access_hash = 1;
        const bytes message_query = message_of(apart, 1);
        const std::string hidden = co_await c.error_of(message_query);
        CHECK(hidden == "400 FROZEN_PARTICIPANT_MISSING");
        const bytes after = co_await c.call(question);
        const auto told = fields_of(after);
        REQUIRE(told.size() == 3);
        CHECK(told[0].key == "freeze_since_date");
        CHECK(told[1].key == "freeze_until_date");
        CHECK(told[1].value.as<tl::jsonNumber>()->value == told[0].value.as<tl::jsonNumber>()->value + 1000);
        CHECK(told[2].value.as<tl::jsonString>()->value == "https://t.me/appeal");
        in.cluster.set_state(ann, local_account_state::active);
        const std::string thawed = co_await c.error_of(name_query);
        CHECK(thawed.empty());
    }(here, client));
}

TEST_CASE("accounts: a private channel is its members', and its messages may be in it alone") {
    const served files;
    local_dc_options options = two_users_and_a_bot();
    options.folder = files.options().folder;
    options.text_messages = {"a word"};
    local_channel apart;
    apart.members = {ann, bot};
    apart.messages = {2};
    options.private_channels = {apart};
    world here(options);
    raw_client member(here, 2);
    raw_client stranger(here, 2);
    raw_client a_bot(here, 2);
    here.run(
        [](world& in, raw_client& member, raw_client& stranger, raw_client& a_bot) -> io::awaitable<void> {
            co_await member.sign_in_as_user(anns_number);
            co_await stranger.sign_in_as_user(bens_number);
            co_await a_bot.sign_in();
            const auto few = co_await dialogs_of(stranger);
            CHECK(few.chats.size() == 1);
            const auto all = co_await dialogs_of(member);
            REQUIRE(all.chats.size() == 2);
            const tl::inputChannel open = named(all.chats[0]);
            tl::inputChannel apart = named(all.chats[1]);
            CHECK(apart.channel_id == in.cluster.info().private_channels.at(0).id);
            const auto is_there = [](const bytes& body) {
                const auto found = tl::decode<tl::messages::channelMessages>(body).value();
                return found.messages.at(0).as<tl::message>() != nullptr;
            };
            const bytes film_query = message_of(apart, 2);
            const bytes film = co_await member.call(film_query);
            CHECK(is_there(film));
            const bytes public_query = message_of(open, 2);
            const bytes hidden = co_await member.call(public_query);
            CHECK_FALSE(is_there(hidden));
            const bytes word_query = message_of(open, 3);
            const bytes word = co_await member.call(word_query);
            CHECK(is_there(word));

            const std::string private_one = co_await stranger.error_of(film_query);
            CHECK(private_one == "400 CHANNEL_PRIVATE");
            in.cluster.set_member(apart.channel_id, ben, true);
            const std::string of_another = co_await stranger.error_of(film_query);  // the hash is Ann's
            CHECK(of_another == "400 CHANNEL_INVALID");
            in.cluster.set_member(apart.channel_id, ann, false);
            const std::string thrown_out = co_await member.error_of(film_query);
            CHECK(thrown_out == "400 CHANNEL_PRIVATE");
            apart.access_hash = 0;
            const bytes without_hash = message_of(apart, 2);
            const bytes by_bot = co_await a_bot.call(without_hash);
            CHECK(is_there(by_bot));
            const std::string by_user = co_await stranger.error_of(without_hash);
            CHECK(by_user == "400 CHANNEL_INVALID");
            CHECK_THROWS_AS(in.cluster.set_member(open.channel_id, ben, true), error);
        }(here, member, stranger, a_bot));
}

TEST_CASE("accounts: a file reference is one account's and none of another's") {
    film_stage all(two_users_and_a_bot());
    raw_client other(all.here, 2);
    all.run([&other](film_stage& at) -> io::awaitable<void> {
        co_await other.sign_in_as_user(anns_number);
        const tl::document hers = co_await find_film(other);
        CHECK(hers.id == at.film.id);
        CHECK(hers.access_hash != at.film.access_hash);
        tl::document mixed;
        mixed.id = at.film.id;
        mixed.access_hash = at.film.access_hash;
        mixed.file_reference = hers.file_reference;
        const bytes query = tl::encode(part_of(mixed, 0, 4096));
        const std::string refused = co_await at.there.error_of(query);
        CHECK(refused == "400 FILE_REFERENCE_INVALID");
        mixed.access_hash = hers.access_hash;
        const bytes whole_query = tl::encode(part_of(mixed, 0, 4096));
        const std::string unknown = co_await at.there.error_of(whole_query);
        CHECK(unknown == "400 FILE_ID_INVALID");
    });
}
