// Translation of answers: each object is spelled as a layer of tl-schema/older.tl has it, field by field.
#include "localdc/layers.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_older.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace mtproto::localdc {
namespace {

constexpr int own_layer = tl::api_layer;
// The layers of older.tl: those that foreign clients speak.
constexpr int telethon_layer = tl::layer_144::layer;
constexpr int gramjs_layer = tl::layer_198::layer;
constexpr int tdlib_layer = tl::layer_223::layer;
constexpr int mtcute_layer = tl::layer_227::layer;

/// The layer that a client of `layer` is answered in, 0 when there is none: its own, or, of those that are
/// not above it, the newest when that is as new as the library's own. What a download meets changes rarely.
constexpr int spelled_in(int layer) noexcept {
    for (const int known : {own_layer, telethon_layer, gramjs_layer, tdlib_layer, mtcute_layer})
        if (layer == known) return known;
    if (layer < own_layer) return 0;
    return layer > mtcute_layer && mtcute_layer > own_layer ? mtcute_layer : own_layer;
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

/// Objects as `layer` spells them. Only the fields that a local data centre fills are carried over, and they
/// have the same names in all layers.
template <int layer>
class spelling {
    using in = tl::in_layer<layer>;

  public:
    static tl::raw of(const tl::config& answer) {
        typename in::config made;
        made.date = answer.date;
        made.expires = answer.expires;
        made.test_mode = answer.test_mode;
        made.this_dc = answer.this_dc;
        made.dc_options = all(answer.dc_options);
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
        made.tmp_sessions = answer.tmp_sessions;
        made.call_receive_timeout_ms = answer.call_receive_timeout_ms;
        made.call_ring_timeout_ms = answer.call_ring_timeout_ms;
        made.call_connect_timeout_ms = answer.call_connect_timeout_ms;
        made.call_packet_timeout_ms = answer.call_packet_timeout_ms;
        made.me_url_prefix = answer.me_url_prefix;
        made.caption_length_max = answer.caption_length_max;
        made.message_length_max = answer.message_length_max;
        made.webfile_dc_id = answer.webfile_dc_id;
        return raw(made);
    }

    static tl::raw of(const tl::auth::authorization& answer) {
        typename in::auth_authorization made;
        made.user = of(answer.user);
        return raw(made);
    }

    static tl::raw of(const tl::account::password& answer) {
        typename in::account_password made;
        made.has_password = answer.has_password;
        made.has_recovery = answer.has_recovery;
        made.hint = answer.hint;
        if (const auto* algo = present(answer.current_algo)) made.current_algo = raw(*algo);
        made.srp_B = answer.srp_B;
        made.srp_id = answer.srp_id;
        made.new_algo = raw(answer.new_algo);
        made.new_secure_algo = raw(answer.new_secure_algo);
        made.secure_random = answer.secure_random;
        return raw(made);
    }

    static tl::raw of(const tl::contacts::resolvedPeer& answer) {
        typename in::contacts_resolvedPeer made;
        made.peer = raw(answer.peer);
        made.chats = all(answer.chats);
        made.users = all(answer.users);
        return raw(made);
    }

    static tl::raw of(const tl::messages::messages& answer) {
        typename in::messages_messages made;
        made.messages = all(answer.messages);
        made.chats = all(answer.chats);
        made.users = all(answer.users);
        return raw(made);
    }

    static tl::raw of(const tl::messages::channelMessages& answer) {
        typename in::messages_channelMessages made;
        made.pts = answer.pts;
        made.count = answer.count;
        made.messages = all(answer.messages);
        made.chats = all(answer.chats);
        made.users = all(answer.users);
        return raw(made);
    }

    static tl::raw of(const tl::messages::chats& answer) {
        typename in::messages_chats made;
        made.chats = all(answer.chats);
        return raw(made);
    }

    static tl::raw of(const tl::messages::dialogs& answer) {
        typename in::messages_dialogs made;
        made.dialogs = all(answer.dialogs);
        made.messages = all(answer.messages);
        made.chats = all(answer.chats);
        made.users = all(answer.users);
        return raw(made);
    }

    static tl::raw of(const tl::messages::peerDialogs& answer) {
        typename in::messages_peerDialogs made;
        made.dialogs = all(answer.dialogs);
        made.messages = all(answer.messages);
        made.chats = all(answer.chats);
        made.users = all(answer.users);
        made.state = raw(answer.state);
        return raw(made);
    }

    static tl::raw of(const std::vector<tl::User>& answer) { return raw(all(answer)); }

    static tl::raw of(const tl::users::userFull& answer) {
        typename in::users_userFull made;
        made.full_user = of(answer.full_user);
        made.chats = all(answer.chats);
        made.users = all(answer.users);
        return raw(made);
    }

  private:
    template <class T>
    static tl::raw raw(const T& value) {
        return {tl::encode(value)};
    }

    template <class T>
    static std::vector<tl::raw> all(const std::vector<T>& objects) {
        std::vector<tl::raw> made;
        made.reserve(objects.size());
        for (const T& each : objects)
            made.push_back(of(each));
        return made;
    }

    static tl::raw of(const tl::dcOption& option) { return raw(option); }

    static tl::raw of(const tl::User& user) {
        const auto* held = user.as<tl::user>();
        if (!held) return raw(user);
        typename in::user made;
        made.self = held->self;
        made.bot = held->bot;
        made.id = held->id;
        made.access_hash = held->access_hash;
        made.first_name = held->first_name;
        made.last_name = held->last_name;
        made.username = held->username;
        made.phone = held->phone;
        made.bot_info_version = held->bot_info_version;
        return raw(made);
    }

    static tl::raw of(const tl::userFull& user) {
        typename in::userFull made;
        made.id = user.id;
        made.settings = raw(typename in::peerSettings{});
        made.notify_settings = raw(typename in::peerNotifySettings{});
        return raw(made);
    }

    static tl::raw of(const tl::Chat& chat) {
        const auto* held = chat.as<tl::channel>();
        if (!held) return raw(chat);
        typename in::channel made;
        made.broadcast = held->broadcast;
        made.id = held->id;
        made.access_hash = held->access_hash;
        made.title = held->title;
        made.username = held->username;
        made.photo = raw(held->photo);
        made.date = held->date;
        return raw(made);
    }

    static tl::raw of(const tl::Dialog& dialog) {
        const auto* held = dialog.as<tl::dialog>();
        if (!held) return raw(dialog);
        typename in::dialog made;
        made.peer = raw(held->peer);
        made.top_message = held->top_message;
        made.read_inbox_max_id = held->read_inbox_max_id;
        made.read_outbox_max_id = held->read_outbox_max_id;
        made.notify_settings = raw(typename in::peerNotifySettings{});
        made.pts = held->pts;
        return raw(made);
    }

    static tl::raw of(const tl::Message& message) {
        if (const auto* full = message.as<tl::message>()) return of(*full);
        if (const auto* service = message.as<tl::messageService>()) return of(*service);
        return raw(message);
    }

    static tl::raw of(const tl::message& message) {
        typename in::message made;
        made.post = message.post;
        made.noforwards = message.noforwards;
        made.id = message.id;
        made.peer_id = raw(message.peer_id);
        made.date = message.date;
        made.message = message.message;
        if (const auto* media = present(message.media)) made.media = of(*media);
        made.views = message.views;
        made.forwards = message.forwards;
        return raw(made);
    }

    static tl::raw of(const tl::messageService& message) {
        typename in::messageService made;
        made.post = message.post;
        made.id = message.id;
        made.peer_id = raw(message.peer_id);
        made.date = message.date;
        made.action = raw(message.action);
        return raw(made);
    }

    static tl::raw of(const tl::MessageMedia& media) {
        const auto* held = media.as<tl::messageMediaDocument>();
        if (!held) return raw(media);
        typename in::messageMediaDocument made;
        if constexpr (requires { made.video; }) made.video = held->video;
        if (const auto* document = present(held->document)) made.document = of(*document);
        return raw(made);
    }

    static tl::raw of(const tl::Document& document) {
        const auto* held = document.as<tl::document>();
        if (!held) return raw(document);
        typename in::document made;
        made.id = held->id;
        made.access_hash = held->access_hash;
        made.file_reference = held->file_reference;
        made.date = held->date;
        made.mime_type = held->mime_type;
        made.size = held->size;
        made.dc_id = held->dc_id;
        made.attributes = all(held->attributes);
        return raw(made);
    }

    static tl::raw of(const tl::DocumentAttribute& attribute) {
        const auto* video = attribute.as<tl::documentAttributeVideo>();
        if (!video) return raw(attribute);
        typename in::documentAttributeVideo made;
        made.supports_streaming = video->supports_streaming;
        made.duration =
            static_cast<decltype(made.duration)>(video->duration);  // whole seconds in older layers
        made.w = video->w;
        made.h = video->h;
        return raw(made);
    }
};

template <class T>
bytes encode(int layer, const T& answer) {
    const int spelled = spelled_in(layer);
    if (spelled == own_layer) return tl::encode(answer);
    switch (spelled) {
        case telethon_layer:
            return spelling<telethon_layer>::of(answer).data;
        case gramjs_layer:
            return spelling<gramjs_layer>::of(answer).data;
        case tdlib_layer:
            return spelling<tdlib_layer>::of(answer).data;
        case mtcute_layer:
            return spelling<mtcute_layer>::of(answer).data;
        default:
            return tl::encode(answer);
    }
}

}  // namespace

bool knows_layer(int layer) noexcept {
    return spelled_in(layer) != 0;
}

bytes encode_for(int layer, const tl::config& answer) {
    return encode(layer, answer);
}
bytes encode_for(int layer, const tl::auth::authorization& answer) {
    return encode(layer, answer);
}
bytes encode_for(int layer, const tl::account::password& answer) {
    return encode(layer, answer);
}
bytes encode_for(int layer, const tl::contacts::resolvedPeer& answer) {
    return encode(layer, answer);
}
bytes encode_for(int layer, const tl::messages::messages& answer) {
    return encode(layer, answer);
}
bytes encode_for(int layer, const tl::messages::channelMessages& answer) {
    return encode(layer, answer);
}
bytes encode_for(int layer, const tl::messages::chats& answer) {
    return encode(layer, answer);
}
bytes encode_for(int layer, const tl::messages::dialogs& answer) {
    return encode(layer, answer);
}
bytes encode_for(int layer, const tl::messages::peerDialogs& answer) {
    return encode(layer, answer);
}
bytes encode_for(int layer, const std::vector<tl::User>& answer) {
    return encode(layer, answer);
}
bytes encode_for(int layer, const tl::users::userFull& answer) {
    return encode(layer, answer);
}

}  // namespace mtproto::localdc
