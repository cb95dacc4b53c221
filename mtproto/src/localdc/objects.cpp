// Making users, the channel and its messages.
#include "localdc/objects.hpp"

#include "crypto/random_bytes.hpp"
#include "localdc/layers.hpp"

namespace mtproto::localdc {
namespace {

constexpr std::size_t most_future_tokens = 10'000;
constexpr std::size_t future_token_size = 32;

tl::document make_document(const call& now, const served_file& file) {
    tl::document made;
    made.id = file.document_id;
    made.access_hash = now.cluster.secret.access_hash(now.login.user, file.document_id);
    made.file_reference = now.cluster.secret.file_reference(now.login.user, file.document_id);
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

tl::messageService make_creation(const call& now, const channel& in) {
    tl::messageActionChannelCreate action;
    action.title = in.title;
    tl::messageService made;
    made.post = true;
    made.id = catalogue::creation_message;
    made.peer_id = peer_of(in);
    made.date = now.cluster.message_date;
    made.action = std::move(action);
    return made;
}

tl::messageEmpty make_empty(const channel& in, int id) {
    tl::messageEmpty made;
    made.id = id;
    made.peer_id = peer_of(in);
    return made;
}

}  // namespace

tl::user make_user(const call& now, const account& who) {
    tl::user made;
    made.self = who.id == now.login.user;
    made.bot = who.bot;
    made.premium = who.premium;
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

bytes new_future_token(call& now, std::int64_t user) {
    auto& known = now.cluster.accounts.desk.future_tokens;
    if (known.size() >= most_future_tokens) known.clear();
    bytes made = crypto::random_bytes(*now.cluster.env.random, future_token_size);
    known[std::string(made.text())] = user;
    return made;
}

bytes sign_in(call& now, const account& who) {
    now.login = {};
    const std::string_view gone = who.standing.refusal_of(who.standing.login_number());
    if (!gone.empty()) throw refusal{401, std::string(gone)};
    now.login.user = who.id;
    now.login.number = who.standing.login_number();
    tl::auth::authorization answer;
    answer.user = make_user(now, who);
    if (now.cluster.options.sign_in.future_tokens && !who.bot)
        answer.future_auth_token = new_future_token(now, who.id);
    return encode_for(now.layer, answer);
}

tl::peerChannel peer_of(const channel& which) {
    tl::peerChannel peer;
    peer.channel_id = which.id;
    return peer;
}

tl::channel make_channel(const call& now, const channel& which) {
    tl::channel made;
    made.broadcast = true;
    made.id = which.id;
    made.access_hash = now.cluster.secret.access_hash(now.login.user, which.id);
    made.title = which.title;
    if (!which.username.empty()) made.username = which.username;
    made.photo = tl::chatPhotoEmpty{};
    made.date = now.cluster.message_date;
    return made;
}

tl::Message make_message(const call& now, const channel& in, int id) {
    if (id == catalogue::creation_message) return make_creation(now, in);
    const served_message* held = now.cluster.channels.has(in, id) ? now.cluster.files.message(id) : nullptr;
    if (!held) return make_empty(in, id);
    tl::message made;
    made.post = true;
    made.noforwards = held->protected_content;
    made.id = id;
    made.peer_id = peer_of(in);
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

const channel& checked_channel(const call& now, std::int64_t id, std::int64_t access_hash) {
    const channel* found = now.cluster.channels.find(id);
    if (!found) throw refusal{400, "CHANNEL_INVALID"};
    if (!now.cluster.channels.may_see(*found, now.login.user))
        throw refusal{400,
                      now.user().standing.is_frozen() ? "FROZEN_PARTICIPANT_MISSING" : "CHANNEL_PRIVATE"};
    // Bots name the channels that they are in without a hash.
    const bool by_member = access_hash == 0 && now.user().bot && found->username.empty();
    if (!by_member && access_hash != now.cluster.secret.access_hash(now.login.user, id))
        throw refusal{400, "CHANNEL_INVALID"};
    return *found;
}

}  // namespace mtproto::localdc
