// A file that can be downloaded: its facts, its place, and its form as text.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>
#include <mtproto/media_facts.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto {

enum class media_kind { document, video, audio, voice, animation, sticker, photo };

/// Where a file is, and what opens it. Opaque to callers: client::resolve and media_of fill it.
struct file_location {
    file_location() = default;

    bool photo = false;
    std::int64_t id = 0;
    std::int64_t access_hash = 0;
    bytes file_reference;    ///< short-lived; renewed from the place below when the server says it expired
    std::string thumb_size;  ///< empty for the document itself; the size's letter for a photo

    // The message or the story that the file was found in, to fetch it again. Both numbers are 0 when it is
    // not known.
    std::int64_t channel_id = 0;  ///< 0: of a user, or a basic group
    std::int64_t channel_access_hash = 0;
    std::int32_t message_id = 0;
    std::int32_t story_id = 0;
    std::int64_t user_id = 0;  ///< whose story it is, unless a channel's
    std::int64_t user_access_hash = 0;
};

/// One file of a message. A value: it may be copied, kept for as long as one likes, opened many times, and
/// stored as text (to_text). Only the account that it was found with can open it. Its reference expires after
/// hours; a stream renews that by itself, from the message, so that an old value is as good as a new one
/// until the message is deleted.
struct media {
    media() = default;

    media_kind kind = media_kind::document;
    /// A name for the file: its own, made safe, or one made from the message. Never a path, never hidden, no
    /// control characters.
    std::string name;
    std::string mime;       ///< as the sender states it
    std::int64_t size = 0;  ///< bytes
    int dc = 0;             ///< the data centre that stores it
    unix_time date{0};      ///< of the message; 0 when not known
    media_facts facts;
    std::string caption;
    file_location location;
    std::vector<media> qualities;  ///< other encodings of a video, best first; empty when there is one only
    /// Further files of the same message or story, in its order: the video of a live photo, what a poll's
    /// question, answers and solution show, bought items, pictures of a long text, a story's music. They have
    /// no qualities or attachments of their own.
    std::vector<media> attachments;
};

/// `file` as one line of printable ASCII, which media_from_text() reads back: in a database, or a link.
///
/// The form is that of a URL's query: `key=value` joined by `&`. In values all bytes but letters, digits and
/// `-._~` stand as %XX. Keys, in this order, each at most once but for `quality`; numbers are decimal, and
/// those that are 0 or empty may be left out:
///
///     mtproto-media=1                the version of the form
///     kind                           document, video, audio, voice, animation, sticker, photo
///     name mime size dc              size in bytes
///     date                           Unix time in seconds
///     width height duration          pixels, and nanoseconds
///     caption
///     id hash reference thumb        of the file; the reference in hexadecimal digits
///     channel channel-hash message   where it was found ...
///     story user user-hash
///     quality                        another encoding: a whole text, escaped once more
///     attachment                     a further file, likewise
///
/// It opens the file for this account alone, so it is no secret. But it shows the caption, and the chat's
/// number.
std::string to_text(const media& file);

/// Reads what to_text() wrote. No I/O. Error: errc::bad_argument, with the reason, for everything else: an
/// unknown version or key, a number out of its range, a name that is a path, more than 100 qualities
/// or attachments, a text of more than 256 KiB.
outcome<media> media_from_text(std::string_view text);

/// The SHA-256 that a server states for a piece of a file.
struct file_hash {
    std::int64_t offset = 0;
    std::int64_t length = 0;  ///< bytes, 1 MiB at most; Telegram's are 128 KiB, the last of a file shorter
    std::array<std::byte, 32> sha256{};
};

}  // namespace mtproto
