// Messages, documents and chats for the tests of this room.
#pragma once

#include <mtproto/tl_api.hpp>

#include <string>
#include <utility>
#include <vector>

namespace mtproto::test {

inline tl::document video_document(std::int64_t id, std::string name, int height = 720,
                                   std::int64_t size = 5'000'000'000) {
    tl::document file;
    file.id = id;
    file.access_hash = id * 10;
    file.file_reference = bytes::copy("ref-" + std::to_string(id));
    file.mime_type = "video/x-matroska";
    file.size = size;
    file.dc_id = 3;
    tl::documentAttributeVideo video;
    video.w = height * 16 / 9;
    video.h = height;
    video.duration = 12.5;
    file.attributes.emplace_back(std::move(video));
    if (!name.empty()) {
        tl::documentAttributeFilename stated;
        stated.file_name = std::move(name);
        file.attributes.emplace_back(std::move(stated));
    }
    return file;
}

inline tl::messageMediaDocument media_document(tl::document file) {
    tl::messageMediaDocument made;
    made.document = tl::Document(std::move(file));
    return made;
}

inline tl::message channel_message(std::int32_t id, std::int64_t channel_id = 77) {
    tl::message made;
    made.id = id;
    tl::peerChannel where;
    where.channel_id = channel_id;
    made.peer_id = std::move(where);
    made.date = 1'700'000'000;
    made.message = "a caption";
    return made;
}

inline tl::channel public_channel(std::int64_t id = 77, std::int64_t access_hash = 7700) {
    tl::channel made;
    made.id = id;
    made.access_hash = access_hash;
    made.title = "Demo";
    made.photo = tl::chatPhotoEmpty();
    made.date = 1;
    return made;
}

inline tl::messages::Messages channel_messages(tl::message message, tl::channel chat = public_channel()) {
    tl::messages::channelMessages made;
    made.messages.emplace_back(std::move(message));
    made.chats.emplace_back(std::move(chat));
    return made;
}

inline tl::contacts::resolvedPeer resolved(tl::channel chat = public_channel()) {
    tl::contacts::resolvedPeer made;
    tl::peerChannel where;
    where.channel_id = chat.id;
    made.peer = std::move(where);
    made.chats.emplace_back(std::move(chat));
    return made;
}

}  // namespace mtproto::test
