// Making users, the channel and its messages.
#include "localdc/objects.hpp"

#include "localdc/layers.hpp"

namespace mtproto::localdc {
namespace {

tl::peerChannel channel_peer() {
    tl::peerChannel peer;
    peer.channel_id = channel_id;
    return peer;
}

tl::document make_document(const call& now, const served_file& file) {
    tl::document made;
    made.id = file.document_id;
    made.access_hash = now.cluster.secret.access_hash(now.login.user, file.document_id);
    made.file_reference = now.cluster.secret.file_reference(file.document_id);
    made.date = now.cluster.message_date;
    made.mime_type = file.mime_type;
    made.size = file.size;
    made.dc_id = file.dc;
    if (file.video) {
        tl::documentAttributeVideo video;
        video.supports_streaming = true;
        video.duration = std::chrono::duration<double>(file.video->duration).count();
        video.w = file.video->width;
        video.h = file.video->height;
        made.attributes.push_back(std::move(video));
    }
    tl::documentAttributeFilename name;
    name.file_name = file.name;
    made.attributes.push_back(std::move(name));
    return made;
}

tl::messageService make_creation(const call& now) {
    tl::messageActionChannelCreate action;
    action.title = now.cluster.options.channel;
    tl::messageService made;
    made.post = true;
    made.id = catalogue::creation_message;
    made.peer_id = channel_peer();
    made.date = now.cluster.message_date;
    made.action = std::move(action);
    return made;
}

tl::messageEmpty make_empty(int id) {
    tl::messageEmpty made;
    made.id = id;
    made.peer_id = channel_peer();
    return made;
}

}  // namespace

tl::user make_user(const call& now, const account& who) {
    tl::user made;
    made.self = who.id == now.login.user;
    made.bot = who.bot;
    made.id = who.id;
    made.access_hash = now.cluster.secret.access_hash(now.login.user, who.id);
    made.first_name = who.first_name;
    if (!who.last_name.empty()) made.last_name = who.last_name;
    if (!who.phone.empty()) made.phone = who.phone;
    if (who.bot) {
        made.bot_info_version = 1;
        made.username = "local" + std::to_string(who.id) + "_bot";
    }
    return made;
}

bytes sign_in(call& now, const account& who) {
    now.login = {};
    now.login.user = who.id;
    tl::auth::authorization answer;
    answer.user = make_user(now, who);
    return encode_for(now.layer, answer);
}

tl::channel make_channel(const call& now) {
    tl::channel made;
    made.broadcast = true;
    made.id = channel_id;
    made.access_hash = now.cluster.secret.access_hash(now.login.user, channel_id);
    made.title = now.cluster.options.channel;
    made.username = now.cluster.options.channel;
    made.photo = tl::chatPhotoEmpty{};
    made.date = now.cluster.message_date;
    return made;
}

tl::Message make_message(const call& now, int id) {
    if (id == catalogue::creation_message) return make_creation(now);
    const served_message* held = now.cluster.files.message(id);
    if (!held) return make_empty(id);
    tl::message made;
    made.post = true;
    made.noforwards = held->protected_content;
    made.id = id;
    made.peer_id = channel_peer();
    made.date = now.cluster.message_date;
    made.message = held->text;
    made.views = 1;
    made.forwards = 0;
    if (held->file) {
        tl::messageMediaDocument media;
        media.video = held->file->video.has_value();
        media.document = make_document(now, *held->file);
        made.media = std::move(media);
    }
    return made;
}

tl::updates::state state_of_updates(const call& now) {
    tl::updates::state made;
    made.pts = 1;
    made.date = now.cluster.date();
    made.seq = 1;
    return made;
}

void check_channel(const call& now, std::int64_t id, std::int64_t access_hash) {
    if (id != channel_id || access_hash != now.cluster.secret.access_hash(now.login.user, channel_id))
        throw refusal{400, "CHANNEL_INVALID"};
}

}  // namespace mtproto::localdc
