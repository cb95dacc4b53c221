// Reads a number and its unit.
#include "duration_text.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>

namespace mtpipe {
namespace {

using std::chrono::seconds;

constexpr seconds longest = std::chrono::hours(24) * 365 * 100;

/// Nothing for a unit that there is not.
std::optional<seconds> unit_of(std::string_view name) {
    if (name.empty() || name == "s") return seconds(1);
    if (name == "m") return std::chrono::minutes(1);
    if (name == "h") return std::chrono::hours(1);
    if (name == "d") return std::chrono::hours(24);
    return std::nullopt;
}

}  // namespace

std::optional<mtproto::duration> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, failed] = std::from_chars(text.data(), end, count);
    const auto unit = unit_of({rest, static_cast<std::size_t>(end - rest)});
    if (failed != std::errc() || count < 0 || !unit || count > longest / *unit) return std::nullopt;
    return *unit * count;
}

}  // namespace mtpipe
