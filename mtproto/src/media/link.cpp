// Reads links to messages (protocol 10.1 to 10.3).
#include "media/hosts.hpp"
#include "media/text.hpp"
#include "media/url.hpp"
#include "media/username.hpp"

#include <mtproto/link.hpp>

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace mtproto {
namespace {

using core::url;

/// No link to a message comes near this; longer text is not quoted back in errors.
constexpr std::size_t longest_link = 2048;
/// Channel ids stay below 10^12: with the prefix -100 they must still tell themselves from other chats.
constexpr std::int64_t largest_channel_id = 999'999'999'999;
/// Official clients ignore a start time past this many seconds (115 days).
constexpr std::int64_t largest_timestamp = 10'000'000;

struct reserved_path {
    std::string_view name;
    std::string_view meaning;
};

/// First path segments, and names before .t.me, that are never a username.
constexpr std::array reserved_paths{
    reserved_path{"a", "Telegram's web client"},
    reserved_path{"addemoji", "an emoji set"},
    reserved_path{"addlist", "a folder of chats"},
    reserved_path{"addstickers", "a sticker set"},
    reserved_path{"addstyle", "a style"},
    reserved_path{"addtheme", "a theme"},
    reserved_path{"auction", "a gift auction"},
    reserved_path{"auth", "a login"},
    reserved_path{"bg", "a chat background"},
    reserved_path{"boost", "a boost of a channel"},
    reserved_path{"call", "a group call"},
    reserved_path{"confirmphone", "a phone number's confirmation"},
    reserved_path{"contact", "a contact"},
    reserved_path{"giftcode", "a gift code"},
    reserved_path{"invoice", "an invoice"},
    reserved_path{"iv", "a web page's instant view"},
    reserved_path{"k", "Telegram's web client"},
    reserved_path{"login", "a login code"},
    reserved_path{"m", "a business chat"},
    reserved_path{"msg", "text to share"},
    reserved_path{"nft", "a collectible gift"},
    reserved_path{"proxy", "a proxy server"},
    reserved_path{"setlanguage", "a language pack"},
    reserved_path{"share", "text to share"},
    reserved_path{"socks", "a proxy server"},
    reserved_path{"web", "Telegram's web client"},
    reserved_path{"z", "Telegram's web client"},
};

std::string_view reserved_meaning(std::string_view name) noexcept {
    for (const reserved_path& reserved : reserved_paths)
        if (reserved.name == name) return reserved.meaning;
    return {};
}

failure bad(std::string why) {
    return failure(errc::bad_link, std::move(why));
}

/// A positive decimal number of at most `largest`, or 0.
std::int64_t number(std::string_view digits, std::int64_t largest) noexcept {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole && value > 0 && value <= largest ? value : 0;
}

std::int32_t message_number(std::string_view digits) noexcept {
    return static_cast<std::int32_t>(number(digits, std::numeric_limits<std::int32_t>::max()));
}

/// `123`, `123s`, `2m3s`, `1h2m3s`. What cannot be read is ignored, as official clients do: the link still
/// names its message.
std::optional<std::chrono::seconds> timestamp(std::string_view text) noexcept {
    if (text.empty()) return std::nullopt;
    std::int64_t total = 0;
    std::int64_t value = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const char c = i < text.size() ? text[i] : 's';
        if (core::is_digit(c)) {
            value = value * 10 + (c - '0');
        } else {
            const char unit = core::to_lower(c);
            if (unit != 'h' && unit != 'm' && unit != 's') return std::nullopt;
            total += value * (unit == 'h' ? 3600 : unit == 'm' ? 60 : 1);
            value = 0;
        }
        if (value > largest_timestamp || total > largest_timestamp) return std::nullopt;
    }
    return std::chrono::seconds(total);
}

void read_arguments(const url& from, message_link& into) {
    into.single = from.has("single");
    if (const auto thread = message_number(from.argument("thread"))) into.topic_id = thread;
    into.comment_id = message_number(from.argument("comment"));
    into.timestamp = timestamp(from.argument("t"));
}

outcome<message_link> names_a_chat(const std::string& name) {
    return bad(
        "it names a channel or user, not one of the messages; add the message's number, as in "
        "https://t.me/" +
        name + "/123");
}

outcome<std::string> checked_username(std::string_view name) {
    if (const char* wrong = core::username_fault(name))
        return bad("'" + std::string(name) + "' cannot be a username: " + wrong);
    return std::string(name);
}

/// `[TOPIC/]ID`, then anything: what follows is ignored, as official clients do.
outcome<void> read_post(const url& from, std::size_t first, message_link& into) {
    into.message_id = message_number(from.path[first]);
    if (into.message_id == 0)
        return bad("'" + from.path[first] + "' is not a message's number (1 to 2147483647)");
    if (first + 1 < from.path.size()) {
        if (const auto post = message_number(from.path[first + 1])) {
            into.topic_id = into.message_id;
            into.message_id = post;
        }
    }
    return {};
}

outcome<std::int64_t> channel_number(std::string_view text) {
    if (const auto id = number(text, largest_channel_id)) return id;
    if (text.starts_with("-100"))
        return bad("in a link, a channel's number stands without its -100: /c/" +
                   std::string(text.substr(4)));
    return bad("'" + std::string(text) + "' is not a channel's number");
}

outcome<message_link> read_private(const url& from) {
    if (from.path.size() < 2) return bad("a private link is https://t.me/c/CHANNEL/MESSAGE");
    auto channel = channel_number(from.path[1]);
    if (!channel) return channel.error();
    if (from.path.size() < 3)
        return bad(
            "it names a private channel, not one of its messages; add the message's number, as in "
            "https://t.me/c/" +
            from.path[1] + "/123");
    message_link link;
    link.channel_id = *channel;
    if (auto post = read_post(from, 2, link); !post) return post.error();
    read_arguments(from, link);
    return link;
}

outcome<message_link> read_web(const url& from) {
    if (from.path.empty() || from.path[0].empty()) return bad("it names no channel and no message");
    const std::string& first = from.path[0];
    if (first == "c") return read_private(from);
    if (first == "joinchat" || first.front() == '+' || first.front() == ' ')
        return bad(
            "it is an invitation or a phone number; join the chat with a Telegram app, then give the "
            "link of a message in it");
    if (first.front() == '$') return bad("it is a link to an invoice");
    if (const auto meaning = reserved_meaning(first); !meaning.empty())
        return bad("it is a link to " + std::string(meaning));
    auto name = checked_username(first);
    if (!name) return name.error();
    if (from.path.size() < 2) {
        if (from.has("story")) return bad("it is a link to a story, which has no message");
        return names_a_chat(*name);
    }
    if (from.path[1] == "s") return bad("it is a link to a story, which has no message");

    message_link link;
    link.username = std::move(*name);
    if (auto post = read_post(from, 1, link); !post) return post.error();
    read_arguments(from, link);
    return link;
}

outcome<message_link> read_tg(const url& from) {
    if (from.port || from.user) return bad("a tg link has no port and no user name");
    if (from.host == "join") return bad("it is an invitation, not a link to a message");
    if (from.host != "resolve" && from.host != "privatepost")
        return bad("of the tg links only tg://resolve and tg://privatepost name messages");
    message_link link;
    if (from.host == "resolve") {
        if (from.has("phone")) return bad("it names a phone number");
        auto name = checked_username(from.argument("domain"));
        if (!name) return name.error();
        if (from.has("story")) return bad("it is a link to a story, which has no message");
        if (from.argument("post").empty())
            return bad("it names a channel or user, not one of the messages; add &post=123");
        link.username = std::move(*name);
    } else {
        auto channel = channel_number(from.argument("channel"));
        if (!channel) return channel.error();
        link.channel_id = *channel;
    }
    link.message_id = message_number(from.argument("post"));
    if (link.message_id == 0)
        return bad("'" + std::string(from.argument("post")) +
                   "' is not a message's number (1 to 2147483647)");
    read_arguments(from, link);
    return link;
}

/// `name.t.me/123` is `/name/123`; leading `/s/` (the web preview) is dropped elsewhere.
outcome<url> normalize_host(url from) {
    if (from.user || (from.port && *from.port != 80 && *from.port != 443))
        return bad("a link to Telegram has no user name and no port of its own");
    if (core::is_web_host(from.host)) {
        while (from.path.size() > 1 && from.path[0] == "s")
            from.path.erase(from.path.begin());
        return from;
    }
    std::string_view host = from.host;
    if (host.starts_with("www.")) host.remove_prefix(4);
    constexpr std::string_view suffix = ".t.me";
    if (host.size() > suffix.size() && host.ends_with(suffix)) {
        std::string name(host.substr(0, host.size() - suffix.size()));
        if (core::username_fault(name) == nullptr && reserved_meaning(name).empty() && name != "joinchat" &&
            name != "s" && name != "c") {
            from.path.insert(from.path.begin(), std::move(name));
            return from;
        }
    }
    return bad("'" + from.host + "' is not one of t.me, telegram.me and telegram.dog");
}

}  // namespace

outcome<message_link> parse_link(std::string_view text) {
    text = core::trimmed(text);
    if (text.empty()) return bad("the link is empty");
    if (text.size() > longest_link) return bad("the link is too long");
    if (core::has_control(text)) return bad("the link contains a control character");
    if (text.front() == '@')
        return bad("a username alone names no message; give its link, as in https://t.me/name/123");
    auto parts = core::split_url(text);
    if (!parts) return parts.error();
    if (parts->scheme == "tg") return read_tg(*parts);
    auto web = normalize_host(std::move(*parts));
    if (!web) return web.error();
    return read_web(*web);
}

}  // namespace mtproto
