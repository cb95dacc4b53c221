// Words, rests, and times of day.
#include "wait_text.hpp"

#include "progress_bar.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>

namespace mtpipe {
namespace {

using std::chrono::seconds;

/// A minute more or less matters to a wait as short as this.
constexpr seconds to_the_second = std::chrono::minutes(2);

/// Of what is left, the second that has begun counts.
std::int64_t whole_seconds(mtproto::duration left) {
    return std::max<std::int64_t>(std::chrono::ceil<seconds>(left).count(), 0);
}

std::string format(const std::tm& when, const char* how) {
    char text[64];
    return {text, std::strftime(text, sizeof text, how, &when)};
}

}  // namespace

std::string time_after(mtproto::duration left) {
    const seconds now = std::chrono::floor<seconds>(mtproto::system_clock().unix_now());
    seconds then = std::chrono::ceil<seconds>(mtproto::system_clock().unix_now() + left);
    const bool is_short = left <= to_the_second;
    if (!is_short) then = std::chrono::ceil<std::chrono::minutes>(then);
    const std::time_t from = now.count();
    const std::time_t to = then.count();
    std::tm today{};
    std::tm when{};
    ::localtime_r(&from, &today);
    ::localtime_r(&to, &when);
    const bool same_day = today.tm_year == when.tm_year && today.tm_yday == when.tm_yday;
    return (same_day ? "" : format(when, "%Y-%m-%d ")) + format(when, is_short ? "%H:%M:%S" : "%H:%M");
}

std::string wait_text(const mtproto::wait_info& what, mtproto::time_point now) {
    const mtproto::duration left = what.end.value_or(now) - now;
    switch (what.kind) {
        case mtproto::wait_kind::flood:
            return fmt::format("waiting {}: Telegram asks for a pause (until {})",
                               human_time(static_cast<double>(whole_seconds(left))), time_after(left));
        case mtproto::wait_kind::outage:
            if (left <= mtproto::duration(0)) return "no connection, trying again";
            return fmt::format("no connection, trying again in {} s", whole_seconds(left));
        case mtproto::wait_kind::silence:
            break;
    }
    return fmt::format("nothing has come for {} s", whole_seconds(now - what.begin));
}

std::string wait_notice(const mtproto::wait_info& what, mtproto::time_point now) {
    const mtproto::duration left = what.end.value_or(now) - now;
    switch (what.kind) {
        case mtproto::wait_kind::flood:
            return fmt::format("waiting: Telegram asks for a pause of {} (until {})",
                               human_time(static_cast<double>(whole_seconds(left))), time_after(left));
        case mtproto::wait_kind::outage:
            return "waiting: no connection, trying again and again";
        case mtproto::wait_kind::silence:
            break;
    }
    return fmt::format("waiting: nothing has come for {} s", whole_seconds(now - what.begin));
}

}  // namespace mtpipe
