// Sends libav's log lines to the embedder's log instead of stderr.
#include "remux/libav.hpp"

#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <string_view>

extern "C" {
#include <libavutil/log.h>
}

namespace mtproto::remux {
namespace {

/// Where lines of this thread go; null on threads that are not ours, whose lines libav prints as ever.
thread_local const log_sink* current = nullptr;

void forward(void* context, int level, const char* format, va_list arguments) {
    if (!current) return av_log_default_callback(context, level, format, arguments);
    if (level > AV_LOG_WARNING || !*current) return;
    char text[1024];
    int print_prefix = 1;
    av_log_format_line2(context, level, format, arguments, text, sizeof text, &print_prefix);
    std::string_view line(text);
    while (!line.empty() && line.back() == '\n')
        line.remove_suffix(1);
    if (!line.empty()) (*current)(level <= AV_LOG_ERROR ? log_level::info : log_level::debug, line);
}

}  // namespace

log_scope::log_scope(const log_sink& log) {
    // libav has one callback for the whole process; ours passes on what is not ours.
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_callback(forward); });
    current = &log;
}

log_scope::~log_scope() {
    current = nullptr;
}

}  // namespace mtproto::remux
