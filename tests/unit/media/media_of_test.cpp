// The files of objects that a call brought, and the places to fetch them again from.
#include "media/reference.hpp"
#include "unit/media/samples.hpp"
#include "unit/media/scripted_account.hpp"

#include <mtproto/media_of.hpp>

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::test;

namespace {

using get_story = tl::stories::getStoriesByID;

std::vector<tl::Chat> chats_of(tl::channel chat = public_channel()) {
    std::vector<tl::Chat> made;
    made.emplace_back(std::move(chat));
    return made;
}

tl::message film_message(std::int32_t id) {
    tl::message made = channel_message(id);
    made.media = media_document(video_document(9, "clip.mkv"));
    return made;
}

tl::storyItem story_with(tl::document file, std::int32_t id = 4) {
    tl::storyItem made;
    made.id = id;
    made.date = 1'700'000'000;
    made.caption = "a story";
    made.media = media_document(std::move(file));
    return made;
}

tl::Peer user_peer(std::int64_t id) {
    tl::peerUser made;
    made.user_id = id;
    return made;
}

std::vector<tl::User> users_of(std::int64_t id, std::optional<std::int64_t> hash, bool min = false) {
    tl::user user;
    user.id = id;
    user.min = min;
    user.access_hash = hash;
    std::vector<tl::User> made;
    made.emplace_back(std::move(user));
    return made;
}

outcome<file_location> refreshed(scripted_account& where, io::simulation& world, file_location old) {
    outcome<file_location> got = failure(errc::cancelled);
    world.run([](core::account_connections& from, const file_location& what,
                 outcome<file_location>& into) -> io::awaitable<void> {
        into = co_await core::refresh_reference(from, what);
    }(where, old, got));
    return got;
}

}  // namespace

TEST_CASE("media 10.7 a message that a call brought gives what its link would") {
    const tl::Message listed = film_message(5);
    const auto got = media_of(listed, chats_of());
    REQUIRE(got.has_value());
    CHECK(got->name == "clip.mkv");
    CHECK(got->kind == media_kind::video);
    CHECK(got->caption == "a caption");
    CHECK(got->location.channel_id == 77);
    CHECK(got->location.channel_access_hash == 7700);
    CHECK(got->location.message_id == 5);
}

TEST_CASE("media 10.8 a message of a call is refused where its chat forbids saving") {
    tl::channel closed = public_channel();
    closed.noforwards = true;
    const auto got = media_of(film_message(5), chats_of(std::move(closed)));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::protected_content);
}

TEST_CASE("a channel that the answer does not open leaves the file without a place to be found again") {
    tl::channel closer_unknown = public_channel();
    closer_unknown.min = true;
    for (const bool min : {false, true}) {
        const auto got =
            media_of(film_message(5), min ? chats_of(std::move(closer_unknown)) : std::vector<tl::Chat>());
        REQUIRE(got.has_value());
        CHECK(got->location.id == 9);
        CHECK(got->location.channel_id == 0);
        CHECK(got->location.message_id == 0);
        CHECK(got->name == "clip.mkv");
    }
}

TEST_CASE("a message of a user is found again in the account's own row") {
    tl::message message = film_message(5);
    message.peer_id = user_peer(501);
    const auto got = media_of(message, {});
    REQUIRE(got.has_value());
    CHECK(got->location.channel_id == 0);
    CHECK(got->location.message_id == 5);
}

TEST_CASE("messages without a file say why") {
    const tl::Message service = tl::messageService();
    CHECK(media_of(service, {}).error().code == errc::no_media);
    const tl::Message none = tl::messageEmpty();
    CHECK(media_of(none, {}).error().code == errc::no_media);
    CHECK(media_of(channel_message(5), {}).error().detail.find("text message") != std::string::npos);
}

TEST_CASE("a document or a photo alone has a safe name and no place to be found again") {
    const auto film = media_of(video_document(9, "../../x/clip.mkv"));
    REQUIRE(film.has_value());
    CHECK(film->name.find('/') == std::string::npos);
    CHECK(film->location.message_id == 0);
    CHECK(media_of(video_document(31, "")).value().name == "video_31.mkv");

    tl::photo picture;
    picture.id = 4;
    picture.dc_id = 2;
    tl::photoSize size;
    size.type = "y";
    size.w = size.h = 100;
    size.size = 1000;
    picture.sizes.emplace_back(std::move(size));
    const auto photo = media_of(tl::Photo(std::move(picture)));
    REQUIRE(photo.has_value());
    CHECK(photo->name == "photo_4.jpg");
    CHECK(photo->location.thumb_size == "y");
    CHECK(media_of(tl::Photo(tl::photoEmpty())).error().code == errc::no_media);
    CHECK(media_of(tl::Document(tl::documentEmpty())).error().code == errc::no_media);
}

TEST_CASE("a story's file belongs to its user or channel") {
    const tl::StoryItem story = story_with(video_document(9, ""));
    const auto of_user = media_of(story, user_peer(501), {}, users_of(501, 5010));
    REQUIRE(of_user.has_value());
    CHECK(of_user->location.user_id == 501);
    CHECK(of_user->location.user_access_hash == 5010);
    CHECK(of_user->location.story_id == 4);
    CHECK(of_user->caption == "a story");
    CHECK(of_user->name == "video_4.mkv");

    tl::peerChannel channel;
    channel.channel_id = 77;
    const auto of_channel = media_of(story, tl::Peer(std::move(channel)), chats_of(), {});
    REQUIRE(of_channel.has_value());
    CHECK(of_channel->location.channel_id == 77);
    CHECK(of_channel->location.channel_access_hash == 7700);
    CHECK(of_channel->location.story_id == 4);

    CHECK(media_of(story, user_peer(501), {}, users_of(501, 5010, true)).value().location.story_id == 0);
    CHECK(media_of(story, user_peer(501), {}, users_of(7, 70)).value().location.story_id == 0);
    const tl::StoryItem gone = tl::storyItemDeleted();
    CHECK(media_of(gone, user_peer(501), {}, {}).error().code == errc::no_media);
    tl::storyItem forbidden = story_with(video_document(9, ""));
    forbidden.noforwards = true;
    CHECK(media_of(tl::StoryItem(std::move(forbidden)), user_peer(501), {}, {}).error().code ==
          errc::protected_content);
}

TEST_CASE("media 8.5 a story's expired reference is renewed from the story") {
    no_random random;
    io::simulation world(random);
    scripted_account server(world);
    server.expect<get_story>([](const get_story& asked) -> tl::stories::stories {
        const auto* owner = asked.peer.as<tl::inputPeerUser>();
        REQUIRE(owner);
        CHECK(owner->user_id == 501);
        CHECK(owner->access_hash == 5010);
        CHECK(asked.id == std::vector<std::int32_t>{4});
        tl::stories::stories answer;
        answer.stories.emplace_back(story_with(video_document(9, "")));
        return answer;
    });
    file_location old;
    old.id = 9;
    old.story_id = 4;
    old.user_id = 501;
    old.user_access_hash = 5010;
    const auto fresh = refreshed(server, world, old);
    REQUIRE(fresh.has_value());
    CHECK(fresh->file_reference.text() == "ref-9");
    CHECK(fresh->story_id == 4);
}

TEST_CASE("media 8.5 a reference whose message is not known cannot be renewed, and nobody is asked") {
    no_random random;
    io::simulation world(random);
    scripted_account server(world);
    file_location old;
    old.id = 9;
    const auto fresh = refreshed(server, world, old);
    REQUIRE_FALSE(fresh.has_value());
    CHECK(fresh.error().code == errc::not_found);
    CHECK(fresh.error().detail.find("find it again") != std::string::npos);
}
