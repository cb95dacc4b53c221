// The text and its hash; reading and writing it.
#include "sink/resume_record.hpp"

#include "base/hex.hpp"
#include "crypto/sha.hpp"
#include "sink/file_io.hpp"
#include "sink/own_file.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <unistd.h>

namespace mtproto::sink {
namespace {

constexpr std::string_view first_line = "mtproto partial download 1\n";
constexpr std::string_view sum_label = "sha256 ";
constexpr std::size_t largest = 512;  // bytes; a record has some 150

std::string sum_of(std::string_view text) {
    return hex(crypto::sha256(as_bytes(text)));
}

std::string fields_of(const resume_record& record) {
    std::string text(first_line);
    text += record.photo ? "photo " : "document ";
    text += std::to_string(record.id) + "\n";
    text += "thumb " + record.thumb_size + "\n";
    text += "size " + std::to_string(record.size) + "\n";
    return text;
}

/// Takes "LABEL REST\n" off the front; nothing when it is another line.
std::optional<std::string_view> line(std::string_view& text, std::string_view label) {
    const std::size_t end = text.find('\n');
    if (end == text.npos || !text.starts_with(label) || end < label.size()) return std::nullopt;
    const std::string_view rest = text.substr(label.size(), end - label.size());
    text.remove_prefix(end + 1);
    return rest;
}

bool number(const std::optional<std::string_view>& digits, std::int64_t& into) {
    if (!digits) return false;
    const auto [end, wrong] = std::from_chars(digits->data(), digits->data() + digits->size(), into);
    return wrong == std::errc() && end == digits->data() + digits->size();
}

}  // namespace

resume_record record_of(const media& file) {
    return {file.location.photo, file.location.id, file.location.thumb_size, file.size};
}

std::string encode(const resume_record& record) {
    const std::string fields = fields_of(record);
    return fields + std::string(sum_label) + sum_of(fields) + "\n";
}

std::optional<resume_record> decode_resume_record(std::string_view text) {
    std::string_view rest = text;
    resume_record made;
    if (!rest.starts_with(first_line)) return std::nullopt;
    rest.remove_prefix(first_line.size());
    made.photo = rest.starts_with("photo ");
    if (!number(line(rest, made.photo ? "photo " : "document "), made.id)) return std::nullopt;
    const std::optional<std::string_view> thumb = line(rest, "thumb ");
    if (!thumb) return std::nullopt;
    made.thumb_size = *thumb;
    if (!number(line(rest, "size "), made.size)) return std::nullopt;
    const std::string_view fields = text.substr(0, text.size() - rest.size());
    const std::optional<std::string_view> sum = line(rest, sum_label);
    if (!sum || !rest.empty() || *sum != sum_of(fields)) return std::nullopt;
    return made;
}

outcome<found_record> load_record(const entry& at) {
    found_record found;
    const outcome<unique_fd> opened = open_own(at, O_RDONLY);
    if (!opened) return opened.error();
    if (!*opened) return found;
    std::array<std::byte, largest> text;
    const outcome<std::size_t> size = read_at(opened->get(), at.shown(), 0, text);
    if (!size) return size.error();
    found.state = record_state::torn;
    if (auto value = decode_resume_record(as_text(byte_view(text).first(*size)))) {
        found.state = record_state::whole;
        found.value = std::move(*value);
    }
    return found;
}

outcome<void> store_record(const entry& at, const resume_record& record) {
    outcome<unique_fd> opened = open_own(at, O_WRONLY | O_CREAT);
    if (!opened) return opened.error();
    // Not by O_TRUNC, which would empty it before it is known to be ours.
    if (::ftruncate(opened->get(), 0) != 0) return refused("write", at.shown(), errno);
    outcome<void> done = write_at(opened->get(), at.shown(), 0, as_bytes(encode(record)));
    if (done && ::fdatasync(opened->get()) != 0) done = refused("write", at.shown(), errno);
    if (const int error = opened->close(); error != 0 && done) done = refused("write", at.shown(), error);
    return done;
}

}  // namespace mtproto::sink
