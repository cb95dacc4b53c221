// Translation of answers: whole objects first, then what is inside them.
#include "localdc/layers.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_older.hpp>

#include <algorithm>
#include <type_traits>

namespace mtproto::localdc {
namespace {

namespace l144 = tl::layer_144;
namespace l198 = tl::layer_198;
namespace l227 = tl::layer_227;

constexpr int layer_144 = 144;
constexpr int layer_198 = 198;
constexpr int layer_227 = 227;

template <class T>
tl::raw raw(const T& value) {
    return {tl::encode(value)};
}

// A field that may be left out, or null.
template <class T>
const T* present(const std::optional<T>& field) {
    return field ? &*field : nullptr;
}
template <class T>
requires std::is_base_of_v<tl::sum, T>
const T* present(const T& field) {
    return field ? &field : nullptr;
}

bool is_newest(int layer) {
    return layer >= newest_layer && layer < layer_227;
}

// Fields that a constructor has under the same name in all layers.

template <class Old>
tl::raw older_user(const tl::user& user) {
    Old made;
    made.self = user.self;
    made.bot = user.bot;
    made.id = user.id;
    made.access_hash = user.access_hash;
    made.first_name = user.first_name;
    made.last_name = user.last_name;
    made.username = user.username;
    made.phone = user.phone;
    made.bot_info_version = user.bot_info_version;
    return raw(made);
}

template <class Old>
tl::raw older_channel(const tl::channel& channel) {
    Old made;
    made.broadcast = channel.broadcast;
    made.id = channel.id;
    made.access_hash = channel.access_hash;
    made.title = channel.title;
    made.username = channel.username;
    made.photo = raw(channel.photo);
    made.date = channel.date;
    return raw(made);
}

template <class Old>
tl::raw older_service(const tl::messageService& message) {
    Old made;
    made.post = message.post;
    made.id = message.id;
    made.peer_id = raw(message.peer_id);
    made.date = message.date;
    made.action = raw(message.action);
    return raw(made);
}

template <class Old>
tl::raw other_message(const tl::message& message, std::optional<tl::raw> media) {
    Old made;
    made.post = message.post;
    made.noforwards = message.noforwards;
    made.id = message.id;
    made.peer_id = raw(message.peer_id);
    made.date = message.date;
    made.message = message.message;
    made.media = std::move(media);
    made.views = message.views;
    made.forwards = message.forwards;
    return raw(made);
}

tl::raw attribute_144(const tl::DocumentAttribute& attribute) {
    const auto* video = attribute.as<tl::documentAttributeVideo>();
    if (!video) return raw(attribute);
    l144::documentAttributeVideo made;
    made.supports_streaming = video->supports_streaming;
    made.duration = static_cast<std::int32_t>(video->duration);
    made.w = video->w;
    made.h = video->h;
    return raw(made);
}

// The constructor is today's, only what is inside differs: written field by field.
template <class Write>
tl::raw written(Write write) {
    tl::writer counting;
    write(counting);
    buffer made = buffer::allocate(counting.size());
    tl::writer out(made.span().first(counting.size()));
    write(out);
    return {bytes(std::move(made), 0, counting.size())};
}

void write_all(tl::writer& out, const std::vector<tl::raw>& all) {
    out.vector(all.size());
    for (const tl::raw& each : all)
        out.raw(each.data);
}

tl::raw document_144(const tl::document& document) {
    std::vector<tl::raw> attributes;
    for (const tl::DocumentAttribute& each : document.attributes)
        attributes.push_back(attribute_144(each));
    return written([&](tl::writer& out) {
        out.u32(tl::document::tl_id);
        out.u32(0);  // no thumbnails
        out.i64(document.id);
        out.i64(document.access_hash);
        out.string(document.file_reference.view());
        out.i32(document.date);
        out.string(document.mime_type);
        out.i64(document.size);
        out.i32(document.dc_id);
        write_all(out, attributes);
    });
}

std::optional<tl::raw> media_144(const tl::message& message) {
    const tl::MessageMedia* media = present(message.media);
    if (!media) return std::nullopt;
    const auto* held = media->as<tl::messageMediaDocument>();
    const tl::Document* document = held ? present(held->document) : nullptr;
    const auto* full = document ? document->as<tl::document>() : nullptr;
    if (!full) return raw(*media);
    l144::messageMediaDocument made;
    made.document = document_144(*full);
    return raw(made);
}

std::optional<tl::raw> same_media(const tl::message& message) {
    const tl::MessageMedia* media = present(message.media);
    if (!media) return std::nullopt;
    return raw(*media);
}

// Types, by layer.

tl::raw translate(int layer, const tl::User& user) {
    const auto* held = user.as<tl::user>();
    if (!held || layer >= newest_layer) return raw(user);
    return layer < layer_198 ? older_user<l144::user>(*held) : older_user<l198::user>(*held);
}

tl::raw translate(int layer, const tl::Chat& chat) {
    const auto* held = chat.as<tl::channel>();
    if (!held || layer >= newest_layer) return raw(chat);
    return layer < layer_198 ? older_channel<l144::channel>(*held) : older_channel<l198::channel>(*held);
}

tl::raw translate(int layer, const tl::Message& message) {
    if (const auto* held = message.as<tl::message>()) {
        if (layer >= layer_227) return other_message<l227::message>(*held, same_media(*held));
        if (layer >= newest_layer) return raw(message);
        if (layer >= layer_198) return other_message<l198::message>(*held, same_media(*held));
        return other_message<l144::message>(*held, media_144(*held));
    }
    const auto* service = message.as<tl::messageService>();
    if (!service || layer >= newest_layer) return raw(message);
    return layer < layer_198 ? older_service<l144::messageService>(*service)
                             : older_service<l198::messageService>(*service);
}

// Empty settings are the same bytes in all layers but for the id.
constexpr std::uint32_t notify_settings_144_id = 0xa83b0426;
constexpr std::uint32_t peer_settings_144_id = 0xa518110d;
constexpr std::uint32_t peer_settings_198_id = 0xacd66c5e;

tl::raw empty_settings(std::uint32_t id) {
    return written([id](tl::writer& out) {
        out.u32(id);
        out.u32(0);
    });
}

template <class Other>
tl::raw other_dialog(const tl::dialog& dialog, tl::raw settings) {
    Other made;
    made.peer = raw(dialog.peer);
    made.top_message = dialog.top_message;
    made.read_inbox_max_id = dialog.read_inbox_max_id;
    made.read_outbox_max_id = dialog.read_outbox_max_id;
    made.notify_settings = std::move(settings);
    made.pts = dialog.pts;
    return raw(made);
}

tl::raw translate(int layer, const tl::Dialog& dialog) {
    const auto* held = dialog.as<tl::dialog>();
    if (!held || is_newest(layer)) return raw(dialog);
    if (layer >= layer_227) return other_dialog<l227::dialog>(*held, raw(held->notify_settings));
    if (layer >= layer_198) return raw(dialog);
    return other_dialog<l144::dialog>(*held, empty_settings(notify_settings_144_id));
}

template <class Other>
tl::raw other_full_user(const tl::userFull& user, tl::raw settings, tl::raw notify) {
    Other made;
    made.id = user.id;
    made.settings = std::move(settings);
    made.notify_settings = std::move(notify);
    return raw(made);
}

tl::raw translate(int layer, const tl::userFull& user) {
    if (is_newest(layer)) return raw(user);
    tl::raw notify = raw(user.notify_settings);
    if (layer >= layer_227)
        return other_full_user<l227::userFull>(user, raw(user.settings), std::move(notify));
    if (layer >= layer_198)
        return other_full_user<l198::userFull>(user, empty_settings(peer_settings_198_id), std::move(notify));
    return other_full_user<l144::userFull>(user, empty_settings(peer_settings_144_id),
                                           empty_settings(notify_settings_144_id));
}

template <class T>
std::vector<tl::raw> translate_all(int layer, const std::vector<T>& all) {
    std::vector<tl::raw> made;
    made.reserve(all.size());
    for (const T& each : all)
        made.push_back(translate(layer, each));
    return made;
}

}  // namespace

bool knows_layer(int layer) noexcept {
    return layer == layer_144 || layer == layer_198 || layer >= newest_layer;
}

bytes encode_for(int layer, const tl::config& answer) {
    if (layer >= layer_198) return tl::encode(answer);
    l144::config made;
    made.date = answer.date;
    made.expires = answer.expires;
    made.test_mode = answer.test_mode;
    made.this_dc = answer.this_dc;
    for (const tl::dcOption& each : answer.dc_options)
        made.dc_options.push_back(raw(each));
    made.dc_txt_domain_name = answer.dc_txt_domain_name;
    made.chat_size_max = answer.chat_size_max;
    made.megagroup_size_max = answer.megagroup_size_max;
    made.forwarded_count_max = answer.forwarded_count_max;
    made.online_update_period_ms = answer.online_update_period_ms;
    made.offline_blur_timeout_ms = answer.offline_blur_timeout_ms;
    made.offline_idle_timeout_ms = answer.offline_idle_timeout_ms;
    made.online_cloud_timeout_ms = answer.online_cloud_timeout_ms;
    made.notify_cloud_delay_ms = answer.notify_cloud_delay_ms;
    made.notify_default_delay_ms = answer.notify_default_delay_ms;
    made.push_chat_period_ms = answer.push_chat_period_ms;
    made.push_chat_limit = answer.push_chat_limit;
    made.edit_time_limit = answer.edit_time_limit;
    made.revoke_time_limit = answer.revoke_time_limit;
    made.revoke_pm_time_limit = answer.revoke_pm_time_limit;
    made.rating_e_decay = answer.rating_e_decay;
    made.stickers_recent_limit = answer.stickers_recent_limit;
    made.channels_read_media_period = answer.channels_read_media_period;
    made.call_receive_timeout_ms = answer.call_receive_timeout_ms;
    made.call_ring_timeout_ms = answer.call_ring_timeout_ms;
    made.call_connect_timeout_ms = answer.call_connect_timeout_ms;
    made.call_packet_timeout_ms = answer.call_packet_timeout_ms;
    made.me_url_prefix = answer.me_url_prefix;
    made.caption_length_max = answer.caption_length_max;
    made.message_length_max = answer.message_length_max;
    made.webfile_dc_id = answer.webfile_dc_id;
    return tl::encode(made);
}

bytes encode_for(int layer, const tl::auth::authorization& answer) {
    if (layer >= newest_layer) return tl::encode(answer);
    if (layer < layer_198) {
        l144::auth::authorization made;
        made.user = translate(layer, answer.user);
        return tl::encode(made);
    }
    const tl::raw user = translate(layer, answer.user);
    return written([&](tl::writer& out) {
               out.u32(tl::auth::authorization::tl_id);
               out.u32(0);  // nothing but the user
               out.raw(user.data);
           })
        .data;
}

bytes encode_for(int layer, const tl::account::password& answer) {
    if (layer >= layer_198) return tl::encode(answer);
    l144::account::password made;
    made.has_password = answer.has_password;
    if (const auto* algo = present(answer.current_algo)) made.current_algo = raw(*algo);
    made.srp_B = answer.srp_B;
    made.srp_id = answer.srp_id;
    made.new_algo = raw(answer.new_algo);
    made.new_secure_algo = raw(answer.new_secure_algo);
    made.secure_random = answer.secure_random;
    return tl::encode(made);
}

bytes encode_for(int layer, const tl::contacts::resolvedPeer& answer) {
    if (layer >= newest_layer) return tl::encode(answer);
    const tl::raw peer = raw(answer.peer);
    const std::vector<tl::raw> chats = translate_all(layer, answer.chats);
    const std::vector<tl::raw> users = translate_all(layer, answer.users);
    return written([&](tl::writer& out) {
               out.u32(tl::contacts::resolvedPeer::tl_id);
               out.raw(peer.data);
               write_all(out, chats);
               write_all(out, users);
           })
        .data;
}

bytes encode_for(int layer, const tl::messages::messages& answer) {
    if (is_newest(layer)) return tl::encode(answer);
    const std::vector<tl::raw> messages = translate_all(layer, answer.messages);
    const std::vector<tl::raw> chats = translate_all(layer, answer.chats);
    const std::vector<tl::raw> users = translate_all(layer, answer.users);
    const bool has_topics = layer >= newest_layer;
    return written([&](tl::writer& out) {
               out.u32(has_topics ? tl::messages::messages::tl_id : l144::messages::messages::tl_id);
               write_all(out, messages);
               if (has_topics) out.vector(0);
               write_all(out, chats);
               write_all(out, users);
           })
        .data;
}

bytes encode_for(int layer, const tl::messages::channelMessages& answer) {
    if (is_newest(layer)) return tl::encode(answer);
    std::vector<tl::raw> messages = translate_all(layer, answer.messages);
    std::vector<tl::raw> chats = translate_all(layer, answer.chats);
    std::vector<tl::raw> users = translate_all(layer, answer.users);
    if (layer < layer_198) {
        l144::messages::channelMessages made;
        made.pts = answer.pts;
        made.count = answer.count;
        made.messages = std::move(messages);
        made.chats = std::move(chats);
        made.users = std::move(users);
        return tl::encode(made);
    }
    return written([&](tl::writer& out) {
               out.u32(tl::messages::channelMessages::tl_id);
               out.u32(0);
               out.i32(answer.pts);
               out.i32(answer.count);
               write_all(out, messages);
               out.vector(0);  // topics
               write_all(out, chats);
               write_all(out, users);
           })
        .data;
}

bytes encode_for(int layer, const tl::messages::chats& answer) {
    if (layer >= newest_layer) return tl::encode(answer);
    const std::vector<tl::raw> chats = translate_all(layer, answer.chats);
    return written([&](tl::writer& out) {
               out.u32(tl::messages::chats::tl_id);
               write_all(out, chats);
           })
        .data;
}

bytes encode_for(int layer, const tl::messages::dialogs& answer) {
    if (is_newest(layer)) return tl::encode(answer);
    const std::vector<tl::raw> dialogs = translate_all(layer, answer.dialogs);
    const std::vector<tl::raw> messages = translate_all(layer, answer.messages);
    const std::vector<tl::raw> chats = translate_all(layer, answer.chats);
    const std::vector<tl::raw> users = translate_all(layer, answer.users);
    return written([&](tl::writer& out) {
               out.u32(tl::messages::dialogs::tl_id);
               write_all(out, dialogs);
               write_all(out, messages);
               write_all(out, chats);
               write_all(out, users);
           })
        .data;
}

bytes encode_for(int layer, const std::vector<tl::User>& answer) {
    return written([&](tl::writer& out) { write_all(out, translate_all(layer, answer)); }).data;
}

bytes encode_for(int layer, const tl::users::userFull& answer) {
    return written([&](tl::writer& out) {
               out.u32(tl::users::userFull::tl_id);
               out.raw(translate(layer, answer.full_user).data);
               write_all(out, translate_all(layer, answer.chats));
               write_all(out, translate_all(layer, answer.users));
           })
        .data;
}

}  // namespace mtproto::localdc
