// What is read out of messages: kinds, names, sizes, qualities, and reasons why there is nothing.
#include "media/facts.hpp"

#include "unit/media/samples.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::test;

namespace {

core::message_origin origin() {
    core::message_origin from;
    from.channel_id = 77;
    from.channel_access_hash = 7700;
    from.message_id = 5;
    return from;
}

outcome<media> read(tl::message message, std::vector<tl::Chat> chats = {}) {
    return core::media_of(message, chats, origin());
}

outcome<media> read_media(tl::MessageMedia given) {
    tl::message message = channel_message(5);
    message.media = std::move(given);
    return read(std::move(message));
}

bool refused(const outcome<media>& got, errc code, std::string_view part) {
    REQUIRE_FALSE(got.has_value());
    INFO(got.error().message());
    return got.error().code == code && got.error().message().find(part) != std::string::npos;
}

tl::PhotoSize plain_size(std::string type, int width, int height, int size) {
    tl::photoSize made;
    made.type = std::move(type);
    made.w = width;
    made.h = height;
    made.size = size;
    return made;
}

}  // namespace

TEST_CASE("media 10.7 a video document gives name, type, size, place and facts") {
    const auto got = read_media(media_document(video_document(9, "clip.mkv")));
    REQUIRE(got.has_value());
    CHECK(got->kind == media_kind::video);
    CHECK(got->name == "clip.mkv");
    CHECK(got->mime == "video/x-matroska");
    CHECK(got->size == 5'000'000'000);
    CHECK(got->dc == 3);
    CHECK(got->date == std::chrono::seconds(1'700'000'000));
    CHECK(got->facts.width == 1280);
    CHECK(got->facts.height == 720);
    CHECK(got->facts.duration == std::chrono::milliseconds(12500));
    CHECK(got->caption == "a caption");
    CHECK(got->qualities.empty());
    CHECK_FALSE(got->location.photo);
    CHECK(got->location.id == 9);
    CHECK(got->location.access_hash == 90);
    CHECK(got->location.file_reference.text() == "ref-9");
    CHECK(got->location.thumb_size.empty());
    CHECK(got->location.channel_id == 77);
    CHECK(got->location.channel_access_hash == 7700);
    CHECK(got->location.message_id == 5);
}

TEST_CASE("media 10.7 alternative documents are qualities, best first; playlists and storyboards are none") {
    tl::messageMediaDocument given = media_document(video_document(9, "clip.mp4", 1080));
    given.alt_documents.emplace();
    tl::document playlist = video_document(20, "", 1080);
    playlist.mime_type = "application/x-mpegurl";
    tl::document storyboard = video_document(21, "", 1080);
    storyboard.mime_type = "application/x-tgstoryboard";
    given.alt_documents->emplace_back(video_document(10, "", 480));
    given.alt_documents->emplace_back(std::move(playlist));
    given.alt_documents->emplace_back(video_document(11, "", 720));
    given.alt_documents->emplace_back(std::move(storyboard));
    given.alt_documents->emplace_back(tl::documentEmpty());
    const auto got = read_media(std::move(given));
    REQUIRE(got.has_value());
    REQUIRE(got->qualities.size() == 2);
    CHECK(got->qualities[0].location.id == 11);
    CHECK(got->qualities[0].name == "clip_720p.mp4");
    CHECK(got->qualities[1].location.id == 10);
    CHECK(got->qualities[1].location.message_id == 5);
}

TEST_CASE("media 10.7 qualities of one height have names of their own") {
    tl::messageMediaDocument given = media_document(video_document(9, "clip.mp4", 1080));
    given.alt_documents.emplace();
    given.alt_documents->emplace_back(video_document(10, "", 720, 2000));
    given.alt_documents->emplace_back(video_document(11, "", 480, 1000));
    given.alt_documents->emplace_back(video_document(12, "", 720, 3000));
    const auto got = read_media(std::move(given));
    REQUIRE(got.has_value());
    REQUIRE(got->qualities.size() == 3);
    CHECK(got->qualities[0].location.id == 12);
    CHECK(got->qualities[0].name == "clip_720p.mp4");
    CHECK(got->qualities[1].location.id == 10);
    CHECK(got->qualities[1].name == "clip_720p_2.mp4");
    CHECK(got->qualities[2].name == "clip_480p.mp4");
}

TEST_CASE("media 10.7 of a photo the largest size counts, the whole of a progressive one") {
    tl::photo picture;
    picture.id = 4;
    picture.access_hash = 40;
    picture.file_reference = bytes::copy("p");
    picture.dc_id = 2;
    tl::photoStrippedSize stripped;
    stripped.type = "i";
    stripped.bytes = bytes::copy("xx");
    picture.sizes.emplace_back(std::move(stripped));
    picture.sizes.emplace_back(plain_size("m", 320, 200, 1000));
    tl::photoSizeProgressive steps;
    steps.type = "y";
    steps.w = 1280;
    steps.h = 800;
    steps.sizes = {100, 2000, 30000};
    picture.sizes.emplace_back(std::move(steps));
    picture.sizes.emplace_back(plain_size("x", 800, 500, 9000));
    tl::photoPathSize path;
    path.type = "j";
    picture.sizes.emplace_back(std::move(path));
    tl::messageMediaPhoto given;
    given.photo = tl::Photo(std::move(picture));
    const auto got = read_media(std::move(given));
    REQUIRE(got.has_value());
    CHECK(got->kind == media_kind::photo);
    CHECK(got->location.photo);
    CHECK(got->location.thumb_size == "y");
    CHECK(got->size == 30000);
    CHECK(got->facts.width == 1280);
    CHECK(got->name == "photo_5.jpg");
    CHECK(got->mime == "image/jpeg");
}

TEST_CASE("media 10.7 a web page's document, a bought item and a story's video are found") {
    tl::webPage page;
    page.url = page.display_url = "https://example.com";
    page.document = tl::Document(video_document(31, "page.mp4"));
    tl::messageMediaWebPage web;
    web.webpage = std::move(page);
    CHECK(read_media(std::move(web)).value().location.id == 31);

    tl::messageExtendedMedia open;
    open.media = media_document(video_document(32, "paid.mp4"));
    tl::messageMediaPaidMedia paid;
    paid.stars_amount = 50;
    paid.extended_media.emplace_back(std::move(open));
    CHECK(read_media(std::move(paid)).value().location.id == 32);

    tl::storyItem story;
    story.id = 1;
    story.media = media_document(video_document(33, "story.mp4"));
    tl::messageMediaStory in_message;
    in_message.story = tl::StoryItem(std::move(story));
    CHECK(read_media(std::move(in_message)).value().location.id == 33);
}

namespace {

tl::photo small_picture(std::int64_t id) {
    tl::photo picture;
    picture.id = id;
    picture.dc_id = 2;
    picture.sizes.emplace_back(plain_size("m", 320, 200, 1000));
    return picture;
}

// As templates, for layers that do not have what a case is about.
template <class Picture>
void check_live_photo(Picture given) {
    if constexpr (requires { given.video; }) {
        given.photo = tl::Photo(small_picture(4));
        given.video = tl::Document(video_document(41, ""));
        const auto got = read_media(std::move(given));
        REQUIRE(got.has_value());
        CHECK(got->kind == media_kind::photo);
        REQUIRE(got->attachments.size() == 1);
        CHECK(got->attachments[0].location.id == 41);
        CHECK(got->attachments[0].location.message_id == 5);
        CHECK(got->attachments[0].name == "video_5.mkv");
    }
}

template <class Poll>
void check_poll(Poll given) {
    if constexpr (requires { given.attached_media; }) {
        const auto answer = [](std::int64_t id) {
            tl::messageMediaPhoto picture;
            picture.photo = tl::Photo(small_picture(id));
            tl::pollAnswer made;
            made.text = tl::textWithEntities();
            made.media = std::move(picture);
            return made;
        };
        tl::poll poll;
        poll.question = tl::textWithEntities();
        poll.answers.emplace_back(answer(51));
        poll.answers.emplace_back(answer(52));
        tl::pollResults results;
        results.solution_media = media_document(video_document(53, "why.mp4"));
        given.poll = std::move(poll);
        given.results = std::move(results);
        given.attached_media = media_document(video_document(50, "question.mp4"));
        const auto got = read_media(std::move(given));
        REQUIRE(got.has_value());
        CHECK(got->location.id == 50);
        REQUIRE(got->attachments.size() == 3);
        CHECK(got->attachments[0].name == "photo_5.jpg");
        CHECK(got->attachments[1].location.id == 52);
        CHECK(got->attachments[1].name == "photo_5_3.jpg");
        CHECK(got->attachments[2].name == "why.mp4");
    }
}

template <class Message>
void check_long_text(Message given) {
    if constexpr (requires { given.rich_message; }) {
        tl::richMessage text;
        text.photos.emplace_back(small_picture(61));
        text.documents.emplace_back(video_document(62, "clip.mp4"));
        given.rich_message = std::move(text);
        const auto got = read(std::move(given));
        REQUIRE(got.has_value());
        CHECK(got->location.id == 61);
        REQUIRE(got->attachments.size() == 1);
        CHECK(got->attachments[0].location.id == 62);
    }
}

}  // namespace

TEST_CASE("media 10.7 a live photo has a video, and a poll the files of its answers") {
    check_live_photo(tl::messageMediaPhoto());
    check_poll(tl::messageMediaPoll());
    check_long_text(channel_message(5));
    tl::messageMediaPoll bare;
    bare.poll = tl::poll();
    bare.results = tl::pollResults();
    CHECK(refused(read_media(std::move(bare)), errc::no_media, "poll"));
}

TEST_CASE("media 10.7 all bought items are found") {
    tl::messageMediaPaidMedia paid;
    for (const std::int64_t id : {71, 72}) {
        tl::messageExtendedMedia open;
        open.media = media_document(video_document(id, "paid.mp4"));
        paid.extended_media.emplace_back(std::move(open));
    }
    const auto got = read_media(std::move(paid));
    REQUIRE(got.has_value());
    CHECK(got->name == "paid.mp4");
    REQUIRE(got->attachments.size() == 1);
    CHECK(got->attachments[0].name == "paid_2.mp4");
}

TEST_CASE("media 10.7 what cannot be downloaded says why") {
    CHECK(refused(read(channel_message(5)), errc::no_media, "text message"));

    tl::messageMediaDocument expired;
    expired.ttl_seconds = 10;
    CHECK(refused(read_media(std::move(expired)), errc::no_media, "expired"));
    CHECK(refused(read_media(tl::messageMediaDocument()), errc::no_media, "lost its file"));
    tl::messageMediaPhoto expired_photo;
    expired_photo.ttl_seconds = 10;
    CHECK(refused(read_media(std::move(expired_photo)), errc::no_media, "expired"));

    tl::messageMediaPaidMedia locked;
    locked.stars_amount = 50;
    locked.extended_media.emplace_back(tl::messageExtendedMediaPreview());
    CHECK(refused(read_media(std::move(locked)), errc::no_media, "50 Telegram Stars"));

    const auto no_story = read_media(tl::messageMediaStory());
    CHECK(refused(no_story, errc::no_media, "story"));
    CHECK_FALSE(refused(no_story, errc::no_media, "expired"));

    tl::messageMediaWebPage bare;
    bare.webpage = tl::webPageEmpty();
    CHECK(refused(read_media(std::move(bare)), errc::no_media, "web page"));
    CHECK(refused(read_media(tl::messageMediaUnsupported()), errc::no_media, "newer"));
    CHECK(refused(read_media(tl::messageMediaContact()), errc::no_media, "no file"));
    tl::messageMediaDocument gone;
    gone.document = tl::Document(tl::documentEmpty());
    CHECK(refused(read_media(std::move(gone)), errc::no_media, "no longer"));
}

TEST_CASE("media 10.8 protected content is refused, whether the message or its chat says so") {
    tl::message flagged = channel_message(5);
    flagged.media = media_document(video_document(9, "clip.mkv"));
    flagged.noforwards = true;
    CHECK(refused(read(std::move(flagged)), errc::protected_content, "may not be saved"));

    tl::message in_channel = channel_message(5);
    in_channel.media = media_document(video_document(9, "clip.mkv"));
    tl::channel closed = public_channel();
    closed.noforwards = true;
    std::vector<tl::Chat> chats;
    chats.emplace_back(std::move(closed));
    CHECK(refused(read(std::move(in_channel), std::move(chats)), errc::protected_content, "Demo"));

    tl::message elsewhere = channel_message(5, 78);
    elsewhere.media = media_document(video_document(9, "clip.mkv"));
    tl::channel other = public_channel();
    other.noforwards = true;
    std::vector<tl::Chat> others;
    others.emplace_back(std::move(other));
    CHECK(read(std::move(elsewhere), std::move(others)).has_value());
}

TEST_CASE("media kinds and default names follow the attributes") {
    tl::document song;
    song.id = 1;
    song.mime_type = "audio/mpeg";
    tl::documentAttributeAudio audio;
    audio.duration = 200;
    audio.title = "So/ng";
    audio.performer = "Band";
    song.attributes.emplace_back(std::move(audio));
    const auto music = read_media(media_document(std::move(song)));
    REQUIRE(music.has_value());
    CHECK(music->kind == media_kind::audio);
    CHECK(music->name == "Band - So_ng.mp3");
    CHECK(music->facts.duration == std::chrono::seconds(200));

    tl::document note;
    note.mime_type = "audio/ogg";
    tl::documentAttributeAudio voice;
    voice.voice = true;
    note.attributes.emplace_back(std::move(voice));
    CHECK(read_media(media_document(std::move(note))).value().name == "voice_5.ogg");

    tl::document animation = video_document(3, "");
    animation.mime_type = "video/mp4";
    animation.attributes.emplace_back(tl::documentAttributeAnimated());
    const auto moving = read_media(media_document(std::move(animation)));
    CHECK(moving.value().kind == media_kind::animation);
    CHECK(moving.value().name == "animation_5.mp4");

    CHECK(read_media(media_document(video_document(3, "../../.."))).value().name == "video_5.mkv");
    tl::document plain;
    plain.mime_type = "application/unheard-of";
    CHECK(read_media(media_document(std::move(plain))).value().name == "file_5.bin");

    tl::document negative = video_document(3, "x");
    negative.size = -1;
    CHECK(refused(read_media(media_document(std::move(negative))), errc::malformed, "negative"));
}
