// Reading three fields of the app configuration.
#include "client/freeze.hpp"

#include <mtproto/printable.hpp>
#include <mtproto/tl_api.hpp>

#include <array>
#include <cmath>
#include <ctime>
#include <string_view>

namespace mtproto::core {
namespace {

constexpr std::size_t longest_url = 200;
constexpr double last_date = 253'402'300'799;  // the year 9999

std::int64_t date_of(const tl::JSONValue& value) {
    const auto* number = value.as<tl::jsonNumber>();
    if (!number || !(number->value >= 0) || number->value > last_date) return 0;
    return static_cast<std::int64_t>(std::floor(number->value));
}

std::string url_of(const tl::JSONValue& value) {
    const auto* text = value.as<tl::jsonString>();
    const bool good = text && text->value.starts_with("https://") && text->value.size() <= longest_url &&
                      printable(text->value) == text->value;
    return good ? text->value : std::string();
}

std::string day_of(std::int64_t date) {
    const std::time_t seconds = static_cast<std::time_t>(date);
    std::tm parts{};
    std::array<char, 16> text{};
    if (!::gmtime_r(&seconds, &parts)) return {};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

}  // namespace

std::optional<freeze> freeze_of(const tl::help::AppConfig& told) {
    const auto* whole = told.as<tl::help::appConfig>();
    const auto* fields = whole ? whole->config.as<tl::jsonObject>() : nullptr;
    if (!fields) return std::nullopt;
    freeze made;
    for (const tl::jsonObjectValue& each : fields->value) {
        if (each.key == "freeze_since_date") made.since = date_of(each.value);
        if (each.key == "freeze_until_date") made.until = date_of(each.value);
        if (each.key == "freeze_appeal_url") made.appeal_url = url_of(each.value);
    }
    if (made.since == 0 && made.until == 0) return std::nullopt;
    return made;
}

std::string in_words(const freeze& what) {
    std::string text = "the account is frozen";
    if (what.since != 0) text += " since " + day_of(what.since);
    if (what.until != 0) text += ", until " + day_of(what.until);
    if (!what.appeal_url.empty()) text += "; appeal at " + what.appeal_url;
    return text;
}

}  // namespace mtproto::core
