// Sends libav's log lines to the embedder's log instead of stderr, and finds in them what is said nowhere
// else.
#include "remux/libav.hpp"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <string_view>

extern "C" {
#include <libavutil/log.h>
}

namespace mtproto::remuxing {
namespace {

/// Whose lines these are; null on threads that are not ours, whose lines libav prints as ever.
thread_local log_scope* current = nullptr;

bool is_reader(void* context) {
    if (!context) return false;
    const AVClass* kind = *static_cast<const AVClass**>(context);
    if (!kind) return false;
    return (kind->get_category ? kind->get_category(context) : kind->category) == AV_CLASS_CATEGORY_DEMUXER;
}

template <std::size_t Count>
bool has_any(std::string_view line, const std::array<std::string_view, Count>& words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view each) { return line.find(each) != std::string_view::npos; });
}

void look_at(std::string_view line, log_findings& found) {
    static constexpr std::array<std::string_view, 10> damage{"prematurely",
                                                             "partial file",
                                                             "Read error",
                                                             "first byte of an EBML number",
                                                             "exceeds containing master element",
                                                             "CRC mismatch",
                                                             "Packet mismatch",
                                                             "Truncating packet",
                                                             "checksum",
                                                             "Broken file"};
    static constexpr std::array<std::string_view, 4> encryption{"encrypt", "Encrypt", "decrypt", "DRM"};
    if (has_any(line, damage)) ++found.damage;
    found.lacks_index = found.lacks_index || line.find("moov atom not found") != std::string_view::npos;
    found.encrypted = found.encrypted || has_any(line, encryption);
}

}  // namespace

void forward(void* context, int level, const char* format, va_list arguments) {
    if (!current) return av_log_default_callback(context, level, format, arguments);
    if (level > AV_LOG_WARNING) return;
    char text[1024];
    int print_prefix = 1;
    av_log_format_line2(context, level, format, arguments, text, sizeof text, &print_prefix);
    std::string_view line(text);
    while (!line.empty() && line.back() == '\n')
        line.remove_suffix(1);
    if (line.empty()) return;
    if (is_reader(context)) look_at(line, current->findings_);
    if (current->log_) current->log_(level <= AV_LOG_ERROR ? log_level::info : log_level::debug, line);
}

log_scope::log_scope(const log_sink& log) : log_(log) {
    // libav has one callback for the whole process; ours passes on what is not ours.
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_callback(forward); });
    current = this;
}

log_scope::~log_scope() {
    current = nullptr;
}

}  // namespace mtproto::remuxing
