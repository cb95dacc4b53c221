// Makes names of files out of what senders and servers state.
#include "media/file_name.hpp"

#include "media/text.hpp"

#include <array>

namespace mtproto::core {
namespace {

/// File systems allow 255 bytes; what is put behind a name while it is written needs some of them.
constexpr std::size_t longest_name = 200;
constexpr std::size_t longest_extension = 16;

/// Bytes of the valid UTF-8 sequence at the front of `text`, its character in `character`; 0 when it is none.
std::size_t utf8_sequence(std::string_view text, char32_t& character) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) {
        character = first;
        return 1;
    }
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
    character = first & (0xffu >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
        character = character << 6 | (byte(i) & 0x3f);
    }
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = character >= 0xd800 && character <= 0xdfff;
    return character < smallest[size] || surrogate || character > 0x10ffff ? 0 : size;
}

/// Characters that change how a name is shown, or that nobody sees: "gpj.exe" reads as "exe.jpg" behind
/// U+202E, and tags (U+E0000 on) hide whole sentences.
bool is_invisible(char32_t c) noexcept {
    return (c >= 0x80 && c < 0xa0) || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xe0000 && c <= 0xe0fff);
}

bool is_unsafe(char c) noexcept {
    // The separators of every system, and what Windows forbids.
    return is_control(c) || std::string_view("/\\:*?\"<>|").find(c) != std::string_view::npos;
}

std::string_view extension_of(std::string_view name) noexcept {
    const std::size_t dot = name.rfind('.');
    if (dot == name.npos || dot == 0 || name.size() - dot > longest_extension) return {};
    return name.substr(dot);
}

void cut_to(std::string& text, std::size_t size) {
    if (text.size() <= size) return;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    text.resize(size);
}

struct mime_extension {
    std::string_view mime;
    std::string_view extension;
};

constexpr std::array mime_extensions{
    mime_extension{"video/mp4", ".mp4"},        mime_extension{"video/x-matroska", ".mkv"},
    mime_extension{"video/webm", ".webm"},      mime_extension{"video/quicktime", ".mov"},
    mime_extension{"video/x-msvideo", ".avi"},  mime_extension{"video/mp2t", ".ts"},
    mime_extension{"audio/mpeg", ".mp3"},       mime_extension{"audio/ogg", ".ogg"},
    mime_extension{"audio/mp4", ".m4a"},        mime_extension{"audio/x-m4a", ".m4a"},
    mime_extension{"audio/flac", ".flac"},      mime_extension{"audio/x-flac", ".flac"},
    mime_extension{"audio/wav", ".wav"},        mime_extension{"audio/x-wav", ".wav"},
    mime_extension{"image/jpeg", ".jpg"},       mime_extension{"image/png", ".png"},
    mime_extension{"image/gif", ".gif"},        mime_extension{"image/webp", ".webp"},
    mime_extension{"application/pdf", ".pdf"},  mime_extension{"application/zip", ".zip"},
    mime_extension{"text/plain", ".txt"},       mime_extension{"application/x-tgsticker", ".tgs"},
    mime_extension{"application/json", ".json"}};

std::string_view extension_for(std::string_view mime) noexcept {
    for (const mime_extension& known : mime_extensions)
        if (equal_ignoring_case(known.mime, mime)) return known.extension;
    return ".bin";
}

std::string_view word_for(media_kind kind) noexcept {
    switch (kind) {
        case media_kind::video:
            return "video";
        case media_kind::audio:
            return "audio";
        case media_kind::voice:
            return "voice";
        case media_kind::animation:
            return "animation";
        case media_kind::sticker:
            return "sticker";
        case media_kind::photo:
            return "photo";
        case media_kind::document:
            break;
    }
    return "file";
}

}  // namespace

std::string safe_file_name(std::string_view stated) {
    std::string name;
    while (!stated.empty()) {
        char32_t character = 0;
        const std::size_t size = utf8_sequence(stated, character);
        if (size == 0 || is_invisible(character) || (size == 1 && is_unsafe(stated.front())))
            name.push_back('_');
        else
            name.append(stated.substr(0, size));
        stated.remove_prefix(size == 0 ? 1 : size);
    }
    // A leading dot hides a file, a leading dash reads as an option; Windows drops dots and blanks at the
    // end.
    const std::size_t first = name.find_first_not_of(". -");
    if (first == name.npos) return {};
    name.erase(0, first);
    name.erase(name.find_last_not_of(". ") + 1);
    if (name.find_first_not_of("_. -") == name.npos) return {};
    if (name.size() > longest_name) {
        const std::string extension(extension_of(name));
        cut_to(name, longest_name - extension.size());
        name += extension;
    }
    return name;
}

std::string default_file_name(media_kind kind, std::int32_t message_id, std::string_view mime) {
    std::string name(word_for(kind));
    name += "_" + std::to_string(message_id);
    name += extension_for(mime);
    return name;
}

std::string with_suffix(const std::string& name, const std::string& suffix) {
    const std::string extension(extension_of(name));
    return name.substr(0, name.size() - extension.size()) + suffix + extension;
}

}  // namespace mtproto::core
