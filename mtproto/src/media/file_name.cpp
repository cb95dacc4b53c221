// Makes names of files out of what senders and servers state.
#include "media/file_name.hpp"

#include "base/utf8.hpp"
#include "media/text.hpp"

#include <mtproto/printable.hpp>

#include <algorithm>
#include <array>

namespace mtproto::core {
namespace {

/// File systems allow 255 bytes; what is put behind a name while it is written needs some of them.
constexpr std::size_t longest_name = 200;
constexpr std::size_t longest_extension = 16;

bool is_safe(const utf8_character& one) noexcept {
    // The separators of every system, and what Windows forbids.
    constexpr std::string_view forbidden = "/\\:*?\"<>|";
    return one.valid && appearance_of(one.code) == appearance::visible &&
           forbidden.find(one.bytes) == std::string_view::npos;
}

/// Names that Windows keeps for devices, whatever the ending behind them.
bool is_device(std::string_view name) noexcept {
    std::string_view stem = name.substr(0, name.find('.'));
    stem = stem.substr(0, stem.find_last_not_of(' ') + 1);
    constexpr std::array<std::string_view, 6> devices{"con", "prn", "aux", "nul", "conin$", "conout$"};
    const auto is = [&](std::string_view device) { return equal_ignoring_case(stem, device); };
    if (std::any_of(devices.begin(), devices.end(), is)) return true;
    if (stem.size() < 4) return false;
    constexpr std::array<std::string_view, 3> raised{"\xc2\xb9", "\xc2\xb2", "\xc2\xb3"};  // ¹ ² ³
    const std::string_view number = stem.substr(3);
    const bool numbered = (number.size() == 1 && is_digit(number[0])) ||
                          std::find(raised.begin(), raised.end(), number) != raised.end();
    stem = stem.substr(0, 3);
    return numbered && (is("com") || is("lpt"));
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
        const utf8_character one = take_utf8(stated);
        const bool blank = one.valid && appearance_of(one.code) == appearance::blank;
        if (blank)
            name.push_back(' ');
        else if (is_safe(one))
            name.append(one.bytes);
        else
            name.push_back('_');
    }
    // A leading dot hides a file, a leading dash reads as an option; Windows drops dots and blanks at the
    // end.
    const std::size_t first = name.find_first_not_of(". -");
    if (first == name.npos) return {};
    const std::string_view front = std::string_view(name).substr(0, first);
    const bool nameless = front.size() > 1 && front.back() == '.' &&
                          front.find_first_not_of('.') != front.npos && name.find('.', first) == name.npos;
    name.replace(0, first, nameless ? "_." : "");
    name.erase(name.find_last_not_of(". ") + 1);
    if (name.find_first_not_of("_. -") == name.npos) return {};
    if (is_device(name)) name.insert(0, 1, '_');
    if (name.size() > longest_name) {
        const std::string extension(extension_of(name));
        cut_to(name, longest_name - extension.size());
        name += extension;
    }
    return name;
}

std::string default_file_name(media_kind kind, std::int64_t number, std::string_view mime) {
    std::string name(word_for(kind));
    name += "_" + std::to_string(number);
    name += extension_for(mime);
    return name;
}

std::string with_suffix(const std::string& name, const std::string& suffix) {
    const std::string extension(extension_of(name));
    return name.substr(0, name.size() - extension.size()) + suffix + extension;
}

}  // namespace mtproto::core
