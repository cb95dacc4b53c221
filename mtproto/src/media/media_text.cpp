// A media as text: writes the form that <mtproto/media.hpp> documents, and reads no other.
#include "media/text.hpp"

#include <mtproto/media.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mtproto {
namespace {

constexpr std::size_t longest_text = 256 * 1024;
/// Of each kind.
constexpr std::size_t most_inner = 100;
/// What file systems allow.
constexpr std::size_t longest_name = 255;
constexpr std::string_view digits = "0123456789abcdef";

constexpr std::array<std::string_view, 7> kinds{"document",  "video",   "audio", "voice",
                                                "animation", "sticker", "photo"};

bool stands_for_itself(char c) noexcept {
    return core::is_letter(c) || core::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

class text_writer {
  public:
    void put(std::string_view key, std::string_view value) {
        if (value.empty()) return;
        if (!text_.empty()) text_ += '&';
        text_ += key;
        text_ += '=';
        for (const char c : value)
            if (stands_for_itself(c))
                text_ += c;
            else
                put_escape(static_cast<unsigned char>(c));
    }
    void put(std::string_view key, std::int64_t number) {
        if (number != 0) put(key, std::string_view(std::to_string(number)));
    }
    std::string take() { return std::move(text_); }

  private:
    void put_escape(unsigned char byte) {
        text_ += '%';
        text_ += digits[byte >> 4];
        text_ += digits[byte & 15];
    }

    std::string text_;
};

std::string hex(byte_view data) {
    std::string made;
    made.reserve(2 * data.size());
    for (const std::byte each : data) {
        made += digits[std::to_integer<unsigned>(each) >> 4];
        made += digits[std::to_integer<unsigned>(each) & 15];
    }
    return made;
}

failure unreadable(const std::string& why) {
    return failure(errc::bad_argument, "this is no media: " + why);
}

std::optional<unsigned char> byte_of(std::string_view two) noexcept {
    const auto digit = [](char c) { return digits.find(core::to_lower(c)); };
    if (two.size() != 2 || digit(two[0]) == digits.npos || digit(two[1]) == digits.npos) return std::nullopt;
    return static_cast<unsigned char>(digit(two[0]) * 16 + digit(two[1]));
}

/// Unlike core::decode_percent, takes nothing that text_writer does not write.
std::optional<std::string> unescaped(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            if (!stands_for_itself(text[i])) return std::nullopt;
            made += text[i];
            continue;
        }
        const std::optional<unsigned char> byte = byte_of(text.substr(i + 1, 2));
        if (!byte) return std::nullopt;
        made += static_cast<char>(*byte);
        i += 2;
    }
    return made;
}

/// The arguments of one text. Each is taken once; the first failure stays.
class text_reader {
  public:
    explicit text_reader(std::string_view text) {
        while (!text.empty() && !failed_) {
            const std::string_view one = text.substr(0, text.find('&'));
            text.remove_prefix(std::min(one.size() + 1, text.size()));
            const std::size_t equals = one.find('=');
            std::optional<std::string> value;
            if (equals != one.npos) value = unescaped(one.substr(equals + 1));
            if (!value)
                fail("it is not made of key=value");
            else if (one.substr(0, equals) == "quality")
                qualities_.push_back(std::move(*value));
            else if (one.substr(0, equals) == "attachment")
                attachments_.push_back(std::move(*value));
            else if (!values_.emplace(one.substr(0, equals), std::move(*value)).second)
                fail("it has a key twice");
        }
    }

    std::string text(const char* key) {
        const auto found = values_.extract(key);
        return found ? std::move(found.mapped()) : std::string();
    }
    template <class Number>
    void number(const char* key, Number& into, std::int64_t least, std::int64_t most) {
        const std::string value = text(key);
        if (value.empty()) return;
        std::int64_t read = 0;
        const auto [end, bad] = std::from_chars(value.data(), value.data() + value.size(), read);
        if (bad != std::errc() || end != value.data() + value.size() || read < least || read > most)
            return fail(std::string(key) + " is no number, or too small or large");
        into = static_cast<Number>(read);
    }
    bytes hex_digits(const char* key) {
        const std::string value = text(key);
        std::string made;
        for (std::size_t i = 0; i < value.size(); i += 2) {
            const std::optional<unsigned char> byte = byte_of(std::string_view(value).substr(i, 2));
            if (!byte) fail(std::string(key) + " is not hexadecimal");
            made += static_cast<char>(byte.value_or(0));
        }
        return made.empty() ? bytes() : bytes::copy(made);
    }
    const std::vector<std::string>& qualities() const noexcept { return qualities_; }
    const std::vector<std::string>& attachments() const noexcept { return attachments_; }

    void fail(const std::string& why) {
        if (!failed_) failed_ = unreadable(why);
    }
    /// Of what was read, and of what was not asked for.
    std::optional<failure> failed() const {
        if (failed_ || values_.empty()) return failed_;
        return unreadable("it has a key that is not known");
    }

  private:
    std::map<std::string, std::string, std::less<>> values_;
    std::vector<std::string> qualities_;
    std::vector<std::string> attachments_;
    std::optional<failure> failed_;
};

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t largest_int = std::numeric_limits<std::int32_t>::max();

std::string text_of(const media& file, bool whole) {
    text_writer out;
    if (whole) out.put("mtproto-media", 1);
    out.put("kind", kinds.at(static_cast<std::size_t>(file.kind)));
    out.put("name", file.name);
    out.put("mime", file.mime);
    out.put("size", file.size);
    out.put("dc", file.dc);
    out.put("date", std::chrono::duration_cast<std::chrono::seconds>(file.date).count());
    out.put("width", file.facts.width);
    out.put("height", file.facts.height);
    out.put("duration", file.facts.duration.count());
    out.put("caption", file.caption);
    const file_location& place = file.location;
    out.put("id", place.id);
    out.put("hash", place.access_hash);
    out.put("reference", hex(place.file_reference));
    out.put("thumb", place.thumb_size);
    out.put("channel", place.channel_id);
    out.put("channel-hash", place.channel_access_hash);
    out.put("message", place.message_id);
    out.put("story", place.story_id);
    out.put("user", place.user_id);
    out.put("user-hash", place.user_access_hash);
    if (!whole) return out.take();
    for (const media& each : file.qualities)
        out.put("quality", text_of(each, false));
    for (const media& each : file.attachments)
        out.put("attachment", text_of(each, false));
    return out.take();
}

void read_place(text_reader& in, file_location& place) {
    in.number("id", place.id, smallest, largest);
    in.number("hash", place.access_hash, smallest, largest);
    place.file_reference = in.hex_digits("reference");
    place.thumb_size = in.text("thumb");
    in.number("channel", place.channel_id, smallest, largest);
    in.number("channel-hash", place.channel_access_hash, smallest, largest);
    in.number("message", place.message_id, -largest_int, largest_int);
    in.number("story", place.story_id, -largest_int, largest_int);
    in.number("user", place.user_id, smallest, largest);
    in.number("user-hash", place.user_access_hash, smallest, largest);
}

bool is_file_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= longest_name && name.front() != '.' &&
           name.find_first_of("/\\") == name.npos && !core::has_control(name);
}

outcome<media> read(std::string_view text, bool whole);

/// Reads `texts`, the files within one.
outcome<std::vector<media>> read_all(const std::vector<std::string>& texts) {
    std::vector<media> made;
    for (const std::string& each : texts) {
        outcome<media> inner = read(each, false);
        if (!inner) return inner.error();
        made.push_back(std::move(*inner));
    }
    return made;
}

outcome<media> read(std::string_view text, bool whole) {
    text_reader in(text);
    media made;
    if (whole && in.text("mtproto-media") != "1") return unreadable("it does not begin as one of version 1");
    const std::string kind = in.text("kind");
    const auto found = std::find(kinds.begin(), kinds.end(), kind);
    if (found == kinds.end()) in.fail("its kind is not known");
    made.kind = static_cast<media_kind>(found - kinds.begin());
    made.name = in.text("name");
    if (!is_file_name(made.name)) in.fail("its name is none for a file");
    made.mime = in.text("mime");
    in.number("size", made.size, 0, largest);
    in.number("dc", made.dc, 1, largest_int);
    std::int64_t date = 0;
    in.number("date", date, -largest_int, largest_int);
    made.date = std::chrono::seconds(date);
    in.number("width", made.facts.width, 0, largest_int);
    in.number("height", made.facts.height, 0, largest_int);
    std::int64_t nanoseconds = 0;
    in.number("duration", nanoseconds, 0, largest);
    made.facts.duration = duration(nanoseconds);
    made.caption = in.text("caption");
    read_place(in, made.location);
    made.location.photo = made.kind == media_kind::photo;
    if (made.location.id == 0 || made.dc == 0) in.fail("it names no file");
    const std::size_t bound = whole ? most_inner : 0;
    if (in.qualities().size() > bound) in.fail("it has too many qualities");
    if (in.attachments().size() > bound) in.fail("it has too many attachments");
    if (std::optional<failure> why = in.failed()) return *why;
    outcome<std::vector<media>> qualities = read_all(in.qualities());
    if (!qualities) return qualities.error();
    outcome<std::vector<media>> attachments = read_all(in.attachments());
    if (!attachments) return attachments.error();
    made.qualities = std::move(*qualities);
    made.attachments = std::move(*attachments);
    return made;
}

}  // namespace

std::string to_text(const media& file) {
    return text_of(file, true);
}

outcome<media> media_from_text(std::string_view text) {
    if (text.size() > longest_text) return unreadable("it is longer than 256 KiB");
    return read(text, true);
}

}  // namespace mtproto
