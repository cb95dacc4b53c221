// Takes a web or tg: address apart.
#include "media/url.hpp"

#include "media/text.hpp"

#include <algorithm>
#include <charconv>

namespace mtproto::core {
namespace {

int hex_digit(char c) noexcept {
    if (is_digit(c)) return c - '0';
    const char low = to_lower(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::pair<std::string_view, std::string_view> split_once(std::string_view text, char at) noexcept {
    const std::size_t place = text.find(at);
    if (place == text.npos) return {text, {}};
    return {text.substr(0, place), text.substr(place + 1)};
}

template <class Each>
void for_each_part(std::string_view text, char separator, Each each) {
    while (!text.empty()) {
        const auto [part, rest] = split_once(text, separator);
        each(part);
        text = rest;
    }
}

/// Cuts "scheme://" (or "tg:") off the front of `text`.
outcome<std::string> take_scheme(std::string_view& text) {
    if (text.size() >= 3 && equal_ignoring_case(text.substr(0, 3), "tg:")) {
        text.remove_prefix(3);
        if (text.starts_with("//")) text.remove_prefix(2);
        return std::string("tg");
    }
    const std::size_t end = text.find("://");
    if (end == text.npos || end > text.find_first_of("/?#")) return std::string();
    std::string scheme = lowered(text.substr(0, end));
    if (scheme != "http" && scheme != "https")
        return failure(errc::bad_link, "only http, https and tg links are understood");
    text.remove_prefix(end + 3);
    return scheme;
}

}  // namespace

std::string decode_percent(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high >= 0 && low >= 0) {
                plain.push_back(static_cast<char>(high * 16 + low));
                i += 2;
                continue;
            }
        }
        plain.push_back(text[i]);
    }
    return plain;
}

bool url::has(std::string_view key) const noexcept {
    return std::any_of(query.begin(), query.end(), [&](const auto& pair) { return pair.first == key; });
}

std::string_view url::argument(std::string_view key) const noexcept {
    for (const auto& [name, value] : query)
        if (name == key) return value;
    return {};
}

outcome<url> split_url(std::string_view text) {
    text = text.substr(0, text.find('#'));
    url made;
    auto scheme = take_scheme(text);
    if (!scheme) return scheme.error();
    made.scheme = std::move(*scheme);

    const auto [location, query] = split_once(text, '?');
    const std::size_t host_end = location.find('/');
    std::string_view host = location.substr(0, host_end);
    if (const std::size_t at = host.rfind('@'); at != host.npos) {
        made.user = true;
        host.remove_prefix(at + 1);
    }
    if (const std::size_t colon = host.rfind(':'); colon != host.npos) {
        const std::string_view digits = host.substr(colon + 1);
        int port = 0;
        const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
        if (bad != std::errc() || end != digits.data() + digits.size() || port < 1 || port > 65535)
            return failure(errc::bad_link, "its port is not a number from 1 to 65535");
        made.port = port;
        host = host.substr(0, colon);
    }
    made.host = lowered(decode_percent(host));

    if (host_end != location.npos)
        for_each_part(location.substr(host_end + 1), '/',
                      [&](std::string_view part) { made.path.push_back(decode_percent(part)); });
    while (!made.path.empty() && made.path.back().empty())
        made.path.pop_back();
    for_each_part(query, '&', [&](std::string_view part) {
        const auto [key, value] = split_once(part, '=');
        made.query.emplace_back(decode_percent(key), decode_percent(value));
    });
    // Escaped ones: parts of a link are quoted back in errors, which end up in terminals and logs.
    bool sound = !has_control(made.host);
    for (const std::string& part : made.path)
        sound = sound && !has_control(part);
    for (const auto& [key, value] : made.query)
        sound = sound && !has_control(key) && !has_control(value);
    if (!sound) return failure(errc::bad_link, "the link contains a control character");
    return made;
}

}  // namespace mtproto::core
