// Takes the URL of a Redis server apart.
#include "store_redis/address.hpp"

#include <charconv>
#include <limits>
#include <optional>

namespace mtproto::store_redis {
namespace {

failure wrong(const char* why) {
    return {errc::bad_argument, std::string("the URL of Redis ") + why +
                                    "; write redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE], or rediss://"};
}

std::optional<int> number_of(std::string_view text, int most) {
    int value = 0;
    const auto [end, why] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (why != std::errc() || end != text.data() + text.size() || value < 0 || value > most)
        return std::nullopt;
    return value;
}

/// Nothing when a % is not followed by two digits.
std::optional<std::string> decoded(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            made += text[i];
            continue;
        }
        if (text.size() - i < 3) return std::nullopt;
        unsigned value = 0;
        const char* const last = text.data() + i + 3;
        const auto [end, why] = std::from_chars(text.data() + i + 1, last, value, 16);
        if (why != std::errc() || end != last) return std::nullopt;
        made += static_cast<char>(value);
        i += 2;
    }
    return made;
}

bool cut_off(std::string_view& text, std::string_view front) {
    if (text.substr(0, front.size()) != front) return false;
    text.remove_prefix(front.size());
    return true;
}

}  // namespace

std::string address::name() const {
    const bool bracketed = host.find(':') != std::string::npos;
    return "Redis at " + (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

outcome<address> address_of(std::string_view url) {
    address made;
    made.tls = cut_off(url, "rediss://");
    if (!made.tls && !cut_off(url, "redis://")) return wrong("begins with neither redis:// nor rediss://");
    if (const std::size_t at = url.rfind('@'); at != url.npos) {
        const std::string_view who = url.substr(0, at);
        url.remove_prefix(at + 1);
        const std::size_t colon = who.find(':');
        if (colon == who.npos) return wrong("has a user without a password");
        const auto user = decoded(who.substr(0, colon)), password = decoded(who.substr(colon + 1));
        if (!user || !password || password->empty()) return wrong("has no password before the @");
        made.user = *user;
        made.password = *password;
    }
    if (const std::size_t slash = url.find('/'); slash != url.npos) {
        const std::string_view text = url.substr(slash + 1);
        url = url.substr(0, slash);
        const auto database = text.empty() ? 0 : number_of(text, std::numeric_limits<int>::max());
        if (!database) return wrong("has no number for a database");
        made.database = *database;
    }
    std::string_view port;
    if (!url.empty() && url.front() == '[') {
        const std::size_t end = url.find(']');
        if (end == url.npos) return wrong("has an address without its last bracket");
        made.host = url.substr(1, end - 1);
        port = url.substr(end + 1);
    } else {
        const std::size_t colon = url.find(':');
        made.host = url.substr(0, colon);
        port = colon == url.npos ? std::string_view() : url.substr(colon);
    }
    if (made.host.empty()) return wrong("names no host");
    if (!port.empty()) {
        const auto number = port.front() == ':' ? number_of(port.substr(1), 65535) : std::nullopt;
        if (!number || *number == 0) return wrong("has a port that is none");
        made.port = static_cast<std::uint16_t>(*number);
    }
    return made;
}

}  // namespace mtproto::store_redis
