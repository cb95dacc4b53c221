// Builds the page out of the API's own types.
#include "history.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <array>
#include <string>

namespace mtproto::bench {
namespace {

constexpr std::int64_t channel_id = 1'500'000'001;
constexpr std::int32_t newest_id = 48'213;
constexpr std::int32_t newest_date = 1'760'000'000;
constexpr std::int64_t first_user = 500'000'001;
constexpr int users = 12;

tl::peerChannel channel_peer() {
    tl::peerChannel made;
    made.channel_id = channel_id;
    return made;
}

tl::peerUser user_peer(int number) {
    tl::peerUser made;
    made.user_id = first_user + number % users;
    return made;
}

bytes filled(std::size_t size, int number) {
    std::string made(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        made[i] = static_cast<char>(static_cast<std::size_t>(number) * 31 + i * 7);
    return bytes::copy(made);
}

template <class Entity>
Entity entity(std::int32_t offset, std::int32_t length) {
    Entity made;
    made.offset = offset;
    made.length = length;
    return made;
}

std::vector<tl::MessageEntity> entities(int number) {
    std::vector<tl::MessageEntity> made;
    made.push_back(entity<tl::messageEntityBold>(0, 20));
    made.push_back(entity<tl::messageEntityHashtag>(24, 9));
    auto link = entity<tl::messageEntityTextUrl>(60, 11);
    link.url = "https://example.org/articles/" + std::to_string(number);
    made.push_back(std::move(link));
    return made;
}

std::vector<tl::PhotoSize> thumbs(int number) {
    std::vector<tl::PhotoSize> made;
    tl::photoStrippedSize stripped;
    stripped.type = "i";
    stripped.bytes = filled(140, number);
    made.push_back(std::move(stripped));
    tl::photoSize medium;
    medium.type = "m";
    medium.w = 320;
    medium.h = 180;
    medium.size = 14'000 + number;
    made.push_back(std::move(medium));
    return made;
}

tl::document video(int number) {
    tl::document made;
    made.id = 5'400'000'000'000'000'000 + number;
    made.access_hash = 7'100'000'000'000'000'000 - number;
    made.file_reference = filled(29, number);
    made.date = newest_date - number * 3600;
    made.mime_type = "video/mp4";
    made.size = 700'000'000 + number;
    made.thumbs = thumbs(number);
    made.dc_id = 2;
    tl::documentAttributeVideo video;
    video.supports_streaming = true;
    video.duration = 2700.5 + number;
    video.w = 1920;
    video.h = 1080;
    made.attributes.push_back(std::move(video));
    tl::documentAttributeFilename name;
    name.file_name = "Series.S02E" + std::to_string(number) + ".1080p.WEB-DL.mp4";
    made.attributes.push_back(std::move(name));
    return made;
}

tl::messageReactions reactions(int number) {
    tl::messageReactions made;
    const std::array<const char*, 4> emoji{"\xf0\x9f\x91\x8d", "\xe2\x9d\xa4", "\xf0\x9f\x94\xa5",
                                           "\xf0\x9f\x8e\x89"};
    for (std::size_t i = 0; i < emoji.size(); ++i) {
        tl::reactionEmoji reaction;
        reaction.emoticon = emoji[i];
        tl::reactionCount counted;
        counted.reaction = std::move(reaction);
        counted.count = 1000 / (static_cast<std::int32_t>(i) + 1) + number;
        made.results.push_back(std::move(counted));
    }
    return made;
}

tl::messageReplies replies(int number) {
    tl::messageReplies made;
    made.comments = true;
    made.replies = 40 + number;
    made.replies_pts = 90'000 + number;
    made.recent_repliers.emplace();
    for (int i = 0; i < 3; ++i)
        made.recent_repliers->push_back(user_peer(number + i));
    made.channel_id = channel_id + 1;
    made.max_id = 300'000 + number;
    return made;
}

tl::message message(int number) {
    tl::message made;
    made.post = true;
    made.id = newest_id - number;
    made.from_id = user_peer(number);
    made.peer_id = channel_peer();
    if (number % 3 == 0) {
        tl::messageReplyHeader reply;
        reply.reply_to_msg_id = newest_id - number - 5;
        made.reply_to = std::move(reply);
    }
    made.date = newest_date - number * 3600;
    made.message =
        "The night train, a film: #mystery in three parts. Read what the critics say about it, and tell us "
        "below "
        "whether the ending came as a surprise to you. Part " +
        std::to_string(number);
    tl::messageMediaDocument media;
    media.video = true;
    media.document = video(number);
    made.media = std::move(media);
    made.entities = entities(number);
    made.views = 120'000 - number * 100;
    made.forwards = 800 - number;
    made.replies = replies(number);
    made.edit_date = newest_date - number * 3600 + 60;
    made.post_author = "The editors";
    made.reactions = reactions(number);
    return made;
}

tl::user user(int number) {
    tl::user made;
    made.min = true;
    made.id = first_user + number;
    made.access_hash = 6'000'000'000'000'000'000 + number;
    made.first_name = "Viewer";
    made.last_name = "Number " + std::to_string(number);
    made.username = "viewer_" + std::to_string(number);
    tl::userProfilePhoto photo;
    photo.photo_id = 1'000'000'000'000 + number;
    photo.stripped_thumb = filled(64, number);
    photo.dc_id = 2;
    made.photo = std::move(photo);
    made.status = tl::userStatusRecently{};
    return made;
}

tl::channel channel() {
    tl::channel made;
    made.broadcast = true;
    made.id = channel_id;
    made.access_hash = 1'234'567'890'123'456'789;
    made.title = "Films at night";
    made.username = "films_at_night";
    tl::chatPhoto photo;
    photo.photo_id = 2'000'000'000'000;
    photo.dc_id = 2;
    made.photo = std::move(photo);
    made.date = newest_date - 100'000'000;
    made.participants_count = 250'000;
    return made;
}

}  // namespace

bytes history_page() {
    tl::messages::channelMessages page;
    page.pts = 100'000;
    page.count = newest_id;
    for (int number = 0; number < history_page_messages; ++number)
        page.messages.push_back(message(number));
    page.chats.push_back(channel());
    for (int number = 0; number < users; ++number)
        page.users.push_back(user(number));
    return tl::encode(page);
}

}  // namespace mtproto::bench
