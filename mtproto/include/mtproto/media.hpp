// What a message carries that can be downloaded.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/media_facts.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mtproto {

enum class media_kind { document, video, audio, voice, animation, sticker, photo };

/// Where a file is and what opens it. Opaque to callers: filled by client::resolve, used by client::open.
struct file_location {
    bool photo = false;
    std::int64_t id = 0;
    std::int64_t access_hash = 0;
    bytes file_reference;  ///< short-lived; refreshed from the message below when the server says it expired
    std::string thumb_size;  ///< empty for the document itself; the size's letter for a photo

    // The message that the file was found in, to fetch it again.
    std::int64_t channel_id = 0;
    std::int64_t channel_access_hash = 0;
    std::int32_t message_id = 0;
};

/// One file of a message.
struct media {
    media_kind kind = media_kind::document;
    std::string name;  ///< the file's own name, or one made from the message when it has none; never a path
    std::string mime;
    std::int64_t size = 0;  ///< bytes
    int dc = 0;             ///< the data centre that stores it
    std::int32_t date = 0;  ///< of the message, Unix time
    media_facts facts;
    std::string caption;
    file_location location;
    std::vector<media> qualities;  ///< other encodings of a video, best first; empty when there is one only
};

/// What the server says that a piece of a file hashes to.
struct file_hash {
    std::int64_t offset = 0;
    std::int64_t length = 0;  ///< bytes, 1 MiB at most; Telegram's are 128 KiB, the last of a file shorter
    std::array<std::byte, 32> sha256{};
};

}  // namespace mtproto
