// Reads the facts of a file out of a message or a story.
#include "media/facts.hpp"

#include "media/file_name.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace mtproto::core {
namespace {

failure nothing(std::string why) {
    return failure(errc::no_media, std::move(why));
}

failure forbidden(std::string who) {
    return failure(errc::protected_content, std::move(who));
}

/// Facts that are collected from several places before a media is made of them.
struct context {
    std::int32_t date = 0;
    std::string_view caption;
    message_origin from;
};

media start(const context& about, media_kind kind) {
    media made;
    made.kind = kind;
    made.date = std::chrono::seconds(about.date);
    made.caption = about.caption;
    made.location.channel_id = about.from.channel_id;
    made.location.channel_access_hash = about.from.channel_access_hash;
    made.location.message_id = about.from.message_id;
    made.location.story_id = about.from.story_id;
    made.location.user_id = about.from.user_id;
    made.location.user_access_hash = about.from.user_access_hash;
    return made;
}

/// For the name of a file that has none.
std::int64_t number_of(const media& made) noexcept {
    if (made.location.message_id != 0) return made.location.message_id;
    return made.location.story_id != 0 ? made.location.story_id : made.location.id;
}

/// As the schema states it, in seconds. Senders choose it: what is none counts as not stated.
duration duration_of(double seconds) noexcept {
    constexpr double most = 1e9;  // 31 years
    if (!(seconds > 0) || seconds > most) return duration{0};
    return std::chrono::duration_cast<duration>(std::chrono::duration<double>(seconds));
}

struct attributes {
    std::string file_name;
    const tl::documentAttributeVideo* video = nullptr;
    const tl::documentAttributeAudio* audio = nullptr;
    const tl::documentAttributeImageSize* image = nullptr;
    bool animated = false;
    bool sticker = false;
};

attributes collect(const tl::document& file) {
    attributes all;
    for (const tl::DocumentAttribute& each : file.attributes) {
        if (const auto* name = each.as<tl::documentAttributeFilename>()) all.file_name = name->file_name;
        if (const auto* video = each.as<tl::documentAttributeVideo>()) all.video = video;
        if (const auto* audio = each.as<tl::documentAttributeAudio>()) all.audio = audio;
        if (const auto* image = each.as<tl::documentAttributeImageSize>()) all.image = image;
        all.animated = all.animated || each.as<tl::documentAttributeAnimated>();
        all.sticker = all.sticker || each.as<tl::documentAttributeSticker>() ||
                      each.as<tl::documentAttributeCustomEmoji>();
    }
    return all;
}

media_kind kind_of(const attributes& has) noexcept {
    if (has.sticker) return media_kind::sticker;
    if (has.animated) return media_kind::animation;
    if (has.video) return media_kind::video;
    if (has.audio) return has.audio->voice ? media_kind::voice : media_kind::audio;
    return media_kind::document;
}

media_facts facts_of(const attributes& has) noexcept {
    media_facts facts;
    if (has.image) {
        facts.width = std::max(has.image->w, 0);
        facts.height = std::max(has.image->h, 0);
    }
    if (has.audio) facts.duration = duration_of(has.audio->duration);
    if (has.video) {
        facts.width = std::max(has.video->w, 0);
        facts.height = std::max(has.video->h, 0);
        facts.duration = duration_of(has.video->duration);
    }
    return facts;
}

std::string name_of(const attributes& has, const media& made) {
    if (std::string name = safe_file_name(has.file_name); !name.empty()) return name;
    std::string fallback = default_file_name(made.kind, number_of(made), made.mime);
    if (!has.audio || !has.audio->title || has.audio->title->empty()) return fallback;
    std::string title = has.audio->performer.value_or("");
    if (!title.empty()) title += " - ";
    title += *has.audio->title + fallback.substr(fallback.rfind('.'));
    title = safe_file_name(title);
    return title.empty() ? fallback : title;
}

outcome<media> from_document(const context& about, const tl::document& file) {
    if (file.size < 0) return failure(errc::malformed, "the server states a negative file size");
    const attributes has = collect(file);
    media made = start(about, kind_of(has));
    made.mime = file.mime_type;
    made.size = file.size;
    made.dc = file.dc_id;
    made.facts = facts_of(has);
    made.location.id = file.id;
    made.location.access_hash = file.access_hash;
    made.location.file_reference = file.file_reference;
    made.name = name_of(has, made);
    return made;
}

outcome<media> from_document(const context& about, const tl::Document& given) {
    const auto* file = given.as<tl::document>();
    return file ? from_document(about, *file) : nothing("the server no longer has the file");
}

/// HLS playlists and storyboards ride along with the other qualities; they are no videos (protocol 10.7).
bool is_quality(const tl::document& file) {
    return file.mime_type.starts_with("video/") && collect(file).video;
}

void add_qualities(const context& about, const std::vector<tl::Document>& others, media& main) {
    for (const tl::Document& each : others) {
        const auto* file = each.as<tl::document>();
        if (!file || !is_quality(*file) || file->id == main.location.id) continue;
        outcome<media> other = from_document(about, *file);
        if (!other) continue;
        main.qualities.push_back(std::move(*other));
    }
    std::stable_sort(main.qualities.begin(), main.qualities.end(), [](const media& a, const media& b) {
        return std::pair(a.facts.height, a.size) > std::pair(b.facts.height, b.size);
    });
    // Encodings by another codec have the same height, and are to be saved side by side all the same.
    std::map<int, int> of_height;
    for (media& each : main.qualities) {
        std::string suffix = "_" + std::to_string(each.facts.height) + "p";
        if (const int nth = ++of_height[each.facts.height]; nth > 1) suffix += "_" + std::to_string(nth);
        each.name = with_suffix(main.name, suffix);
    }
}

/// One downloadable size of a photo.
struct photo_size {
    std::string type;
    int width = 0;
    int height = 0;
    std::int64_t size = 0;
};

/// The largest size; of a progressive one the last length is the whole picture. Stripped sizes and paths are
/// previews inside the message, not files.
photo_size largest_size(const tl::photo& picture) {
    photo_size best;
    const auto consider = [&](const std::string& type, int width, int height, std::int64_t size) {
        const auto area = [](int w, int h) { return static_cast<std::int64_t>(w) * h; };
        if (size > 0 && area(width, height) >= area(best.width, best.height))
            best = photo_size{type, width, height, size};
    };
    for (const tl::PhotoSize& each : picture.sizes) {
        if (const auto* plain = each.as<tl::photoSize>())
            consider(plain->type, plain->w, plain->h, plain->size);
        if (const auto* steps = each.as<tl::photoSizeProgressive>(); steps && !steps->sizes.empty())
            consider(steps->type, steps->w, steps->h, steps->sizes.back());
    }
    return best;
}

outcome<media> from_photo(const context& about, const tl::photo& picture) {
    const photo_size best = largest_size(picture);
    if (best.type.empty()) return nothing("the photo has no size that can be downloaded");
    media made = start(about, media_kind::photo);
    made.mime = "image/jpeg";
    made.size = best.size;
    made.dc = picture.dc_id;
    made.facts.width = std::max(best.width, 0);
    made.facts.height = std::max(best.height, 0);
    made.location.photo = true;
    made.location.id = picture.id;
    made.location.access_hash = picture.access_hash;
    made.location.file_reference = picture.file_reference;
    made.location.thumb_size = best.type;
    made.name = default_file_name(made.kind, number_of(made), made.mime);
    return made;
}

outcome<media> from_photo(const context& about, const tl::Photo& given) {
    const auto* picture = given.as<tl::photo>();
    return picture ? from_photo(about, *picture) : nothing("the server no longer has the photo");
}

failure absent(const std::optional<std::int32_t>& ttl_seconds, const char* what) {
    if (ttl_seconds) return nothing(std::string("the ") + what + " was set to disappear, and has expired");
    return nothing(std::string("the message has lost its ") + what);
}

outcome<media> from_media(const context& about, const tl::MessageMedia& given);

/// Gathers the files of one message that has several: the first is the media, the others are its attachments.
class several_files {
  public:
    /// Those that have no file are passed over. The first reason is kept.
    void add(outcome<media> file) {
        if (!file) {
            if (!reason_) reason_ = file.error();
            return;
        }
        std::vector<media> attachments = std::exchange(file->attachments, {});
        put(std::move(*file));
        for (media& each : attachments)
            put(std::move(each));
    }
    /// A file, or the reason why the first has none, or `otherwise` where none was added.
    outcome<media> take(failure otherwise) {
        if (found_) return std::move(*found_);
        return reason_ ? std::move(*reason_) : std::move(otherwise);
    }

  private:
    void put(media file) {
        if (!found_) {
            found_ = std::move(file);
            return;
        }
        if (found_->attachments.size() == most_attachments) return;
        if (has_name(file.name))
            file.name = with_suffix(file.name, "_" + std::to_string(found_->attachments.size() + 2));
        file.qualities.clear();
        found_->attachments.push_back(std::move(file));
    }
    bool has_name(const std::string& name) const {
        const auto same = [&](const media& each) { return each.name == name; };
        return same(*found_) || std::any_of(found_->attachments.begin(), found_->attachments.end(), same);
    }

    static constexpr std::size_t most_attachments = 100;

    std::optional<media> found_;
    std::optional<failure> reason_;
};

outcome<media> from_paid(const context& about, const std::vector<tl::MessageExtendedMedia>& items,
                         const std::string& price) {
    several_files files;
    for (const tl::MessageExtendedMedia& each : items)
        if (const auto* open = each.as<tl::messageExtendedMedia>()) files.add(from_media(about, open->media));
    return files.take(nothing("it is paid media" + price + " that this account has not bought"));
}

// Some fields came with later layers than the oldest that the library is built with. A member that the layer
// does not have makes a template choose nothing.
template <class Picture>
void add_live_video(const context& about, const Picture& picture, several_files& files) {
    if constexpr (requires { picture.video; })
        if (picture.video) files.add(from_document(about, *picture.video));
}

outcome<media> from_picture(const context& about, const tl::messageMediaPhoto& given) {
    if (!given.photo) return absent(given.ttl_seconds, "photo");
    several_files files;
    outcome<media> picture = from_photo(about, *given.photo);
    if (!picture) return picture;
    files.add(std::move(picture));
    add_live_video(about, given, files);
    return files.take(nothing("the photo has no file"));
}

template <class Poll>
void add_poll_media(const context& about, const Poll& given, several_files& files) {
    if constexpr (requires { given.attached_media; }) {
        if (given.attached_media) files.add(from_media(about, *given.attached_media));
        for (const auto& each : given.poll.answers)
            if (const auto* answer = each.template as<tl::pollAnswer>(); answer && answer->media)
                files.add(from_media(about, *answer->media));
        if (given.results.solution_media) files.add(from_media(about, *given.results.solution_media));
    }
}

outcome<media> from_poll(const context& about, const tl::messageMediaPoll& given) {
    several_files files;
    add_poll_media(about, given, files);
    return files.take(nothing("it is a poll without a file"));
}

template <class Message>
outcome<media> from_long_text(const context& about, const Message& message) {
    several_files files;
    if constexpr (requires { message.rich_message; })
        if (message.rich_message) {
            for (const tl::Photo& each : message.rich_message->photos)
                files.add(from_photo(about, each));
            for (const tl::Document& each : message.rich_message->documents)
                files.add(from_document(about, each));
        }
    return files.take(nothing("it is a text message without a file"));
}

template <class Story>
outcome<media> with_music(const context& about, const Story& story) {
    several_files files;
    files.add(from_media(about, story.media));
    if constexpr (requires { story.music; })
        if (story.music) files.add(from_document(about, *story.music));
    return files.take(nothing("the story has no file"));
}

outcome<media> from_web_page(const context& about, const tl::WebPage& given) {
    const auto* page = given.as<tl::webPage>();
    if (!page) return nothing("the message has only a link to a web page");
    if (page->document) return from_document(about, *page->document);
    if (page->photo) return from_photo(about, *page->photo);
    return nothing("the web page in the message has no file");
}

outcome<media> from_story(const context& about, const tl::messageMediaStory& given) {
    const auto* story = given.story ? given.story->as<tl::storyItem>() : nullptr;
    if (!story) return nothing("the message names a story without carrying it");
    if (story->noforwards) return forbidden("the story may not be saved");
    return with_music(about, *story);
}

outcome<media> from_media(const context& about, const tl::MessageMedia& given) {
    if (const auto* file = given.as<tl::messageMediaDocument>()) {
        if (!file->document) return absent(file->ttl_seconds, "file");
        outcome<media> made = from_document(about, *file->document);
        if (made && file->alt_documents) add_qualities(about, *file->alt_documents, *made);
        return made;
    }
    if (const auto* picture = given.as<tl::messageMediaPhoto>()) return from_picture(about, *picture);
    if (const auto* poll = given.as<tl::messageMediaPoll>()) return from_poll(about, *poll);
    if (const auto* page = given.as<tl::messageMediaWebPage>()) return from_web_page(about, page->webpage);
    if (const auto* paid = given.as<tl::messageMediaPaidMedia>())
        return from_paid(about, paid->extended_media,
                         " (" + std::to_string(paid->stars_amount) + " Telegram Stars)");
    if (const auto* invoice = given.as<tl::messageMediaInvoice>(); invoice && invoice->extended_media) {
        if (const auto* open = invoice->extended_media->as<tl::messageExtendedMedia>())
            return from_media(about, open->media);
        return nothing("it is paid media that this account has not bought");
    }
    if (const auto* story = given.as<tl::messageMediaStory>()) return from_story(about, *story);
    if (given.as<tl::messageMediaUnsupported>()) return nothing("its kind of media is newer than this layer");
    return nothing("it has no file, photo or video");
}

}  // namespace

std::string forbidding_chat(const tl::Peer& chat, const std::vector<tl::Chat>& chats) {
    const auto* in_channel = chat.as<tl::peerChannel>();
    const auto* in_chat = chat.as<tl::peerChat>();
    for (const tl::Chat& each : chats) {
        const auto* channel = each.as<tl::channel>();
        if (in_channel && channel && channel->id == in_channel->channel_id && channel->noforwards)
            return "the channel " + channel->title + " does not allow saving its content";
        const auto* group = each.as<tl::chat>();
        if (in_chat && group && group->id == in_chat->chat_id && group->noforwards)
            return "the group " + group->title + " does not allow saving its content";
    }
    return {};
}

outcome<media> media_of(const tl::message& message, const std::vector<tl::Chat>& chats,
                        const message_origin& from) {
    const context about{message.date, message.message, from};
    const bool bare = !message.media || message.media->as<tl::messageMediaEmpty>();
    outcome<media> made = bare ? from_long_text(about, message) : from_media(about, *message.media);
    if (bare && !made) return made;
    if (message.noforwards) return forbidden("the message may not be saved");
    if (std::string who = forbidding_chat(message.peer_id, chats); !who.empty())
        return forbidden(std::move(who));
    return made;
}

outcome<media> media_of(const tl::document& file) {
    return from_document({}, file);
}

outcome<media> media_of(const tl::photo& picture) {
    return from_photo({}, picture);
}

outcome<media> media_of(const tl::storyItem& story, const message_origin& from) {
    if (story.noforwards) return forbidden("the story may not be saved");
    return with_music(context{story.date, story.caption ? *story.caption : std::string_view(), from}, story);
}

}  // namespace mtproto::core
