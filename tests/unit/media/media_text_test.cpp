// A media as text, and back.
#include <mtproto/media.hpp>

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace mtproto;

namespace {

media film() {
    media made;
    made.kind = media_kind::video;
    made.name = "a film & more=50%.mkv";
    made.mime = "video/x-matroska";
    made.size = 5'000'000'000;
    made.dc = 3;
    made.date = std::chrono::seconds(1'700'000'000);
    made.facts.width = 1920;
    made.facts.height = 1080;
    made.facts.duration = std::chrono::milliseconds(12500);
    made.caption = "line\nline \xe2\x82\xac \x01";
    made.location.id = -5;
    made.location.access_hash = -9'000'000'000'000'000'000;
    made.location.file_reference = bytes::copy(std::string("\0\xff ref", 6));
    made.location.channel_id = 77;
    made.location.channel_access_hash = 7700;
    made.location.message_id = 5;
    return made;
}

media film_with_qualities() {
    media made = film();
    for (const int height : {720, 480}) {
        media other = film();
        other.name = "film_" + std::to_string(height) + "p.mkv";
        other.facts.height = height;
        other.location.id = height;
        made.qualities.push_back(std::move(other));
    }
    media music = film();
    music.kind = media_kind::audio;
    music.name = "music.mp3";
    music.location.id = 8;
    made.attachments.push_back(std::move(music));
    return made;
}

void check_same(const media& a, const media& b) {
    CHECK(a.kind == b.kind);
    CHECK(a.name == b.name);
    CHECK(a.mime == b.mime);
    CHECK(a.size == b.size);
    CHECK(a.dc == b.dc);
    CHECK(a.date == b.date);
    CHECK(a.facts.width == b.facts.width);
    CHECK(a.facts.height == b.facts.height);
    CHECK(a.facts.duration == b.facts.duration);
    CHECK(a.caption == b.caption);
    CHECK(a.location.photo == b.location.photo);
    CHECK(a.location.id == b.location.id);
    CHECK(a.location.access_hash == b.location.access_hash);
    CHECK((a.location.file_reference == b.location.file_reference));
    CHECK(a.location.thumb_size == b.location.thumb_size);
    CHECK(a.location.channel_id == b.location.channel_id);
    CHECK(a.location.channel_access_hash == b.location.channel_access_hash);
    CHECK(a.location.message_id == b.location.message_id);
    CHECK(a.location.story_id == b.location.story_id);
    CHECK(a.location.user_id == b.location.user_id);
    CHECK(a.location.user_access_hash == b.location.user_access_hash);
    REQUIRE(a.qualities.size() == b.qualities.size());
    for (std::size_t i = 0; i < a.qualities.size(); ++i)
        check_same(a.qualities[i], b.qualities[i]);
    REQUIRE(a.attachments.size() == b.attachments.size());
    for (std::size_t i = 0; i < a.attachments.size(); ++i)
        check_same(a.attachments[i], b.attachments[i]);
}

bool refuses(std::string_view text, std::string_view part) {
    const auto got = media_from_text(text);
    if (got.has_value()) return false;
    INFO(got.error().message());
    return got.error().code == errc::bad_argument && got.error().detail.find(part) != std::string::npos;
}

const std::string least = "mtproto-media=1&kind=document&name=a&dc=2&id=7";

}  // namespace

TEST_CASE("a media comes back from its text as it was, qualities included") {
    const media whole = film_with_qualities();
    const std::string text = to_text(whole);
    for (const char c : text)
        CHECK((c > ' ' && c < '\x7f'));
    const auto got = media_from_text(text);
    REQUIRE(got.has_value());
    check_same(*got, whole);

    media photo = film();
    photo.kind = media_kind::photo;
    photo.location.photo = true;
    photo.location.thumb_size = "y";
    photo.location.message_id = 0;
    photo.location.story_id = 4;
    photo.location.user_id = 501;
    photo.location.user_access_hash = -1;
    check_same(media_from_text(to_text(photo)).value(), photo);
}

TEST_CASE("the text of a media is the form that the header documents") {
    media made;
    made.name = "a b.mkv";
    made.size = 12;
    made.dc = 2;
    made.location.id = 7;
    made.location.file_reference = bytes::copy("\x0f");
    CHECK(to_text(made) == "mtproto-media=1&kind=document&name=a%20b.mkv&size=12&dc=2&id=7&reference=0f");
    CHECK(media_from_text(least).value().location.id == 7);
}

TEST_CASE("texts that are no media are refused, each with its reason") {
    CHECK(refuses("", "version 1"));
    CHECK(refuses("mtproto-media=2&kind=video", "version 1"));
    CHECK(refuses(least + "&size", "key=value"));
    CHECK(refuses(least + "&caption=a b", "key=value"));
    CHECK(refuses(least + "&caption=%4", "key=value"));
    CHECK(refuses(least + "&caption=%zz", "key=value"));
    CHECK(refuses(least + "&id=7", "twice"));
    CHECK(refuses(least + "&colour=red", "not known"));
    CHECK(refuses(least + "&size=-1", "size"));
    CHECK(refuses(least + "&size=9223372036854775808", "size"));
    CHECK(refuses(least + "&size=12x", "size"));
    CHECK(refuses(least + "&width=2147483648", "width"));
    CHECK(refuses(least + "&reference=0g", "hexadecimal"));
    CHECK(refuses(least + "&reference=123", "hexadecimal"));
    CHECK(refuses("mtproto-media=1&kind=film&name=a&dc=2&id=7", "kind"));
    CHECK(refuses("mtproto-media=1&kind=video&name=a&dc=0&id=7", "dc"));
    CHECK(refuses("mtproto-media=1&kind=video&name=a&dc=2", "no file"));
    for (const char* name : {"", "..", ".hidden", "%2Fetc%2Fpasswd", "a%5Cb", "a%0Ab", "a%00b"})
        CHECK(refuses("mtproto-media=1&kind=video&dc=2&id=7&name=" + std::string(name), "name"));
    CHECK(refuses("mtproto-media=1&kind=video&dc=2&id=7&name=" + std::string(256, 'a'), "name"));
    CHECK(refuses(least + "&quality=kind%3Dvideo", ""));
    CHECK(refuses(least + "&caption=" + std::string(256 * 1024, 'a'), "256 KiB"));
}

TEST_CASE("the qualities of a media are bounded, and have none of their own") {
    const std::string one = "&quality=kind%3Dvideo%26name%3Da%26dc%3D2%26id%3D7";
    std::string many = least;
    for (int count = 0; count < 100; ++count)
        many += one;
    CHECK(media_from_text(many).value().qualities.size() == 100);
    CHECK(refuses(many + one, "too many"));
    const std::string nested = "&quality=kind%3Dvideo%26name%3Da%26dc%3D2%26id%3D7%26quality%3D";
    CHECK(refuses(least + nested, "too many"));
}

TEST_CASE("a damaged text is refused or read as one that is written alike, and never more") {
    std::minstd_rand chance(7);  // NOLINT(cert-msc51-cpp): the same texts every time
    const std::string whole = to_text(film_with_qualities());
    const std::string_view letters = "&=%0123456789abcdefxyz-. \n/";
    for (int round = 0; round < 20'000; ++round) {
        std::string text = whole;
        for (unsigned count = 1 + chance() % 4; count > 0; --count) {
            const std::size_t at = chance() % text.size();
            switch (chance() % 4) {
                case 0:
                    text[at] = letters[chance() % letters.size()];
                    break;
                case 1:
                    text.erase(at, 1 + chance() % 40);
                    break;
                case 2:
                    text.insert(at, 1, letters[chance() % letters.size()]);
                    break;
                default:
                    text += text.substr(at, chance() % 80);
                    break;
            }
            if (text.empty()) text = "&";
        }
        const auto got = media_from_text(text);
        if (!got) {
            REQUIRE(got.error().code == errc::bad_argument);
            continue;
        }
        REQUIRE(got->size >= 0);
        REQUIRE(got->name.find('/') == std::string::npos);
        const auto again = media_from_text(to_text(*got));
        REQUIRE(again.has_value());
        REQUIRE(to_text(*again) == to_text(*got));
    }
}
