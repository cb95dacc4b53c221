// Links over a scripted server: which requests are made, what their answers mean.
#include "media/locate.hpp"

#include "media/peers.hpp"
#include "media/reference.hpp"
#include "unit/media/samples.hpp"
#include "unit/media/scripted_account.hpp"

#include <mtproto/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <optional>

using namespace mtproto;
using namespace mtproto::test;

namespace {

using resolve_username = tl::contacts::resolveUsername;
using channel_get = tl::channels::getMessages;
using plain_get = tl::messages::getMessages;
using get_dialogs = tl::messages::getDialogs;

struct fixture {
    no_random random;
    io::simulation world{random};
    std::shared_ptr<scripted_account> server = std::make_shared<scripted_account>(world);

    outcome<media> locate(const std::string& link) {
        std::optional<outcome<media>> got;
        world.run(run_locate(*server, link, got));
        REQUIRE(got.has_value());
        return std::move(*got);
    }
    outcome<file_location> refresh(const file_location& location) {
        std::optional<outcome<file_location>> got;
        world.run(run_refresh(*server, location, got));
        REQUIRE(got.has_value());
        return std::move(*got);
    }
    void expect_name(tl::channel chat = public_channel()) {
        auto shared = std::make_shared<tl::channel>(std::move(chat));
        server->expect<resolve_username>([shared](const resolve_username& asked) {
            CHECK(asked.username == "demo");
            return resolved(std::move(*shared));
        });
    }
    void expect_message(tl::message message, std::int64_t hash = 7700, std::int64_t channel = 77) {
        auto shared = std::make_shared<tl::message>(std::move(message));
        server->expect<channel_get>([=](const channel_get& asked) {
            const auto* where = asked.channel.as<tl::inputChannel>();
            REQUIRE(where);
            CHECK(where->channel_id == channel);
            CHECK(where->access_hash == hash);
            REQUIRE(asked.id.size() == 1);
            CHECK(asked.id[0].as<tl::inputMessageID>()->id == shared->id);
            return channel_messages(std::move(*shared));
        });
    }

  private:
    static io::awaitable<void> run_locate(core::account_connections& server, std::string link,
                                          std::optional<outcome<media>>& into) {
        auto parsed = parse_link(link);
        REQUIRE(parsed.has_value());
        into.emplace(co_await core::locate(server, std::move(*parsed)));
    }
    static io::awaitable<void> run_refresh(core::account_connections& server, const file_location& location,
                                           std::optional<outcome<file_location>>& into) {
        into.emplace(co_await core::refresh_reference(server, location));
    }
};

tl::message video_message(std::int32_t id, std::int64_t document = 9, std::int64_t channel = 77) {
    tl::message made = channel_message(id, channel);
    made.media = media_document(video_document(document, "clip.mkv"));
    return made;
}

bool is_refused(const outcome<media>& got, errc code, std::string_view part) {
    REQUIRE_FALSE(got.has_value());
    INFO(got.error().message());
    return got.error().code == code && got.error().message().find(part) != std::string::npos;
}

tl::messages::Messages deleted_message(std::int32_t id) {
    tl::messageEmpty none;
    none.id = id;
    tl::messages::channelMessages answer;
    answer.messages.emplace_back(std::move(none));
    return answer;
}

/// A page of one chat: the channel `id`, its newest message `top` of `date`.
tl::messages::Dialogs dialog_page(std::int64_t id, std::int32_t top, std::int32_t date, std::int32_t count) {
    tl::peerChannel where;
    where.channel_id = id;
    tl::dialog entry;
    entry.peer = std::move(where);
    entry.top_message = top;
    tl::messages::dialogsSlice page;
    page.count = count;
    page.dialogs.emplace_back(std::move(entry));
    tl::message newest = channel_message(top, id);
    newest.date = date;
    page.messages.emplace_back(std::move(newest));
    page.chats.emplace_back(public_channel(id, id * 100));
    return page;
}

}  // namespace

TEST_CASE("media 10.4 a public link resolves the name, then fetches the message; the name is remembered") {
    fixture test;
    test.expect_name();
    test.expect_message(video_message(5));
    const auto got = test.locate("https://t.me/demo/5");
    REQUIRE(got.has_value());
    CHECK(got->name == "clip.mkv");
    CHECK(got->location.channel_access_hash == 7700);

    test.expect_message(video_message(6));
    CHECK(test.locate("https://t.me/Demo/6").has_value());
    CHECK(test.server->finished());
}

TEST_CASE("media: what another client has met needs no asking, neither a name nor a private channel") {
    fixture test;
    known_peer demo;
    demo.id = 77;
    demo.access_hash = 7700;
    demo.username = "Demo";
    core::peers_of(*test.server).remember({demo});
    test.expect_message(video_message(5));
    CHECK(test.locate("https://t.me/demo/5").has_value());
    test.expect_message(video_message(6));
    CHECK(test.locate("https://t.me/c/77/6").has_value());
    CHECK(test.server->finished());
}

TEST_CASE("media: a remembered name that is another channel's by now is asked for anew") {
    fixture test;
    known_peer stale;
    stale.id = 78;
    stale.access_hash = 7800;
    stale.username = "demo";
    core::peers_of(*test.server).remember({stale});
    test.server->expect<channel_get>([](const channel_get&) {
        tl::channel renamed = public_channel(78, 7800);
        renamed.username = "other";
        return channel_messages(video_message(5, 8, 78), std::move(renamed));
    });
    test.expect_name();
    test.expect_message(video_message(5));
    const auto got = test.locate("https://t.me/demo/5");
    REQUIRE(got.has_value());
    CHECK(got->location.channel_access_hash == 7700);
    CHECK(test.server->finished());
}

TEST_CASE("media 10.4 absent messages, names and channels are told apart") {
    {
        fixture test;
        test.expect_name();
        test.server->expect<channel_get>([](const channel_get&) { return deleted_message(5); });
        // A remembered name is not asked again for a message that is missing at the first try.
        CHECK(is_refused(test.locate("t.me/demo/5"), errc::not_found, "message 5"));
        CHECK(test.server->finished());
    }
    {
        fixture test;
        test.server->refuse<resolve_username>("USERNAME_NOT_OCCUPIED");
        CHECK(is_refused(test.locate("t.me/demo/5"), errc::not_found, "@demo: nobody has that username"));
    }
    {
        fixture test;
        test.server->refuse<resolve_username>("USERNAME_INVALID");
        CHECK(is_refused(test.locate("t.me/demo/5"), errc::not_found, "@demo"));
    }
    for (const char* type : {"CHANNEL_PRIVATE", "CHANNEL_INVALID"}) {
        fixture test;
        test.expect_name();
        test.server->refuse<channel_get>(type);
        const auto got = test.locate("t.me/demo/5");
        CHECK(is_refused(got, errc::not_found, "join it first"));
        CHECK(got.error().is(type));
        CHECK(got.error().rpc_code == 400);
        CHECK(got.error().method == "channels.getMessages");
        CHECK(got.error().dc == 2);
    }
    {
        fixture test;
        test.expect_name();
        test.server->refuse<channel_get>("INTERNAL", 500);
        CHECK(is_refused(test.locate("t.me/demo/5"), errc::rpc_error, "INTERNAL"));
    }
}

TEST_CASE("media 10.4 a service message carries no media") {
    fixture test;
    test.expect_name();
    test.server->expect<channel_get>([](const channel_get&) -> tl::messages::Messages {
        tl::messageService service;
        service.id = 5;
        tl::peerChannel where;
        where.channel_id = 77;
        service.peer_id = std::move(where);
        service.action = tl::messageActionPinMessage();
        tl::messages::channelMessages answer;
        answer.messages.emplace_back(std::move(service));
        return answer;
    });
    CHECK(is_refused(test.locate("t.me/demo/5"), errc::no_media, "service message"));
}

TEST_CASE("media 10.4 a remembered name that leads nowhere is resolved once more") {
    fixture test;
    test.expect_name();
    test.expect_message(video_message(5));
    REQUIRE(test.locate("t.me/demo/5").has_value());

    test.server->refuse<channel_get>("CHANNEL_INVALID");
    test.expect_name(public_channel(88, 8800));
    test.expect_message(video_message(5, 9, 88), 8800, 88);
    const auto got = test.locate("t.me/demo/5");
    REQUIRE(got.has_value());
    CHECK(got->location.channel_id == 88);
    CHECK(test.server->finished());
}

TEST_CASE("media 10.4 a message that is missing in a remembered chat says nothing against the chat") {
    fixture test;
    test.expect_name();
    test.expect_message(video_message(5));
    REQUIRE(test.locate("t.me/demo/5").has_value());

    test.server->expect<channel_get>([](const channel_get&) { return deleted_message(6); });
    CHECK(is_refused(test.locate("t.me/demo/6"), errc::not_found, "message 6"));
    test.expect_message(video_message(7));
    CHECK(test.locate("t.me/demo/7").has_value());
    CHECK(test.server->finished());
}

TEST_CASE("media 10.4 messages of a user come from the account's own row and must be of that user") {
    for (const std::int64_t sender : {501, 502}) {
        fixture test;
        test.server->expect<resolve_username>([](const resolve_username&) {
            tl::contacts::resolvedPeer answer;
            tl::peerUser user;
            user.user_id = 501;
            answer.peer = std::move(user);
            return answer;
        });
        test.server->expect<plain_get>([sender](const plain_get&) -> tl::messages::Messages {
            tl::message message = video_message(5);
            tl::peerUser user;
            user.user_id = sender;
            message.peer_id = std::move(user);
            tl::messages::messages answer;
            answer.messages.emplace_back(std::move(message));
            return answer;
        });
        const auto got = test.locate("t.me/demo/5");
        if (sender == 501) {
            REQUIRE(got.has_value());
            CHECK(got->location.channel_id == 0);
        } else {
            CHECK(is_refused(got, errc::not_found, "message 5"));
        }
    }
}

TEST_CASE("media 10.4 a private link looks through the account's chats, page by page, then the archive") {
    fixture test;
    test.server->expect<get_dialogs>([](const get_dialogs& asked) {
        CHECK(asked.offset_id == 0);
        CHECK_FALSE(asked.folder_id);
        return dialog_page(1, 30, 3000, 2);
    });
    test.server->expect<get_dialogs>([](const get_dialogs& asked) {
        CHECK(asked.offset_id == 30);
        CHECK(asked.offset_date == 3000);
        const auto* peer = asked.offset_peer.as<tl::inputPeerChannel>();
        REQUIRE(peer);
        CHECK(peer->channel_id == 1);
        CHECK(peer->access_hash == 100);
        return tl::messages::Dialogs(tl::messages::dialogsSlice());
    });
    test.server->expect<get_dialogs>([](const get_dialogs& asked) {
        CHECK(asked.folder_id == 1);
        return dialog_page(77, 20, 2000, 1);
    });
    test.expect_message(video_message(5));
    CHECK(test.locate("t.me/c/77/5").has_value());

    test.expect_message(video_message(6));
    CHECK(test.locate("t.me/c/77/6").has_value());
    test.expect_message(video_message(7, 9, 1), 100, 1);
    CHECK(test.locate("t.me/c/1/7").has_value());
    CHECK(test.server->finished());
}

TEST_CASE(
    "media 10.4 a private channel that is not among the chats says join first; bots try without a hash") {
    {
        fixture test;
        for (int folder = 0; folder < 2; ++folder)
            test.server->expect<get_dialogs>(
                [](const get_dialogs&) { return tl::messages::Dialogs(tl::messages::dialogs()); });
        CHECK(is_refused(test.locate("t.me/c/77/5"), errc::not_found, "join it first"));
    }
    {
        fixture test;
        // A server that repeats its page must not keep the search going.
        for (int count = 0; count < 4; ++count)
            test.server->expect<get_dialogs>([](const get_dialogs&) { return dialog_page(1, 30, 3000, 9); });
        CHECK(is_refused(test.locate("t.me/c/77/5"), errc::not_found, "join it first"));
        CHECK(test.server->finished());
    }
    {
        fixture test;
        test.server->refuse<get_dialogs>("BOT_METHOD_INVALID");
        test.expect_message(video_message(5), 0);
        CHECK(test.locate("t.me/c/77/5").has_value());
    }
}

TEST_CASE("media 10.5 a comment is fetched from the group where the post is discussed") {
    fixture test;
    test.expect_name();
    using get_discussion = tl::messages::getDiscussionMessage;
    test.server->expect<get_discussion>([](const get_discussion& asked) {
        CHECK(asked.msg_id == 5);
        tl::messages::discussionMessage answer;
        answer.messages.emplace_back(channel_message(200, 99));
        answer.chats.emplace_back(public_channel(99, 9900));
        return answer;
    });
    test.expect_message(video_message(321, 9, 99), 9900, 99);
    const auto got = test.locate("t.me/demo/5?comment=321");
    REQUIRE(got.has_value());
    CHECK(got->location.message_id == 321);
    CHECK(got->location.channel_id == 99);
}

TEST_CASE("media 8.5 an expired reference is refreshed from its message, for the same document only") {
    fixture test;
    file_location old;
    old.id = 9;
    old.access_hash = 90;
    old.file_reference = bytes::copy("old");
    old.channel_id = 77;
    old.channel_access_hash = 7700;
    old.message_id = 5;

    test.expect_message(video_message(5, 9));
    const auto fresh = test.refresh(old);
    REQUIRE(fresh.has_value());
    CHECK(fresh->file_reference.text() == "ref-9");
    CHECK(fresh->message_id == 5);

    test.expect_message(video_message(5, 10));
    const auto other = test.refresh(old);
    REQUIRE_FALSE(other.has_value());
    CHECK(other.error().code == errc::file_changed);

    tl::message with_qualities = channel_message(5);
    tl::messageMediaDocument both = media_document(video_document(10, "big.mp4", 1080));
    both.alt_documents.emplace();
    both.alt_documents->emplace_back(video_document(9, "", 480));
    with_qualities.media = std::move(both);
    test.expect_message(std::move(with_qualities));
    CHECK(test.refresh(old).value().file_reference.text() == "ref-9");

    test.server->expect<channel_get>([](const channel_get&) { return deleted_message(5); });
    const auto gone = test.refresh(old);
    REQUIRE_FALSE(gone.has_value());
    CHECK(gone.error().code == errc::not_found);
}

namespace {

io::awaitable<void> resolve_through_client(client& tg, std::string link, std::string& got) {
    try {
        const media found = co_await tg.resolve(link);
        got = found.name;
    } catch (const error& wrong) {
        got = wrong.what();
    }
}

}  // namespace

TEST_CASE("client::resolve gives the media, and throws mtproto::error for what is wrong") {
    fixture test;
    test.expect_name();
    test.expect_message(video_message(5));
    client tg(test.server);
    std::string got;
    test.world.run(resolve_through_client(tg, "https://t.me/demo/5", got));
    CHECK(got == "clip.mkv");
    test.world.run(resolve_through_client(tg, "https://t.me/demo", got));
    CHECK(got.find("not a link") != std::string::npos);
}

TEST_CASE("a client may go while it resolves a link") {
    fixture test;
    test.expect_name();
    test.expect_message(video_message(5));
    test.server->takes = std::chrono::seconds(1);
    const std::weak_ptr<scripted_account> server = test.server;
    auto tg = std::make_unique<client>(std::move(test.server));
    std::string got;
    boost::asio::co_spawn(test.world.executor(), resolve_through_client(*tg, "https://t.me/demo/5", got),
                          boost::asio::detached);
    test.world.settle();
    tg.reset();
    CHECK_FALSE(server.expired());  // the request under way refers to it
    while (test.world.time().anyone_waits()) {
        test.world.time().advance_to_next();
        test.world.settle();
    }
    CHECK(got == "clip.mkv");
    CHECK(server.expired());
}
