// Pyrogram's string sessions, old and new; pyrofork and kurigram write the new one.
#include "foreign/byte_reader.hpp"
#include "foreign/formats.hpp"

#include <utility>

namespace mtproto::foreign {
namespace {

/// Telegram gives no larger ones.
constexpr std::uint64_t largest_user = std::uint64_t{1} << 52;
/// Nor did it when they had 32 bits.
constexpr std::uint64_t largest_short_user = 0x7fffffff;

struct layout {
    const char* format;
    std::size_t size;
    bool has_api_id;
    bool has_long_user;
};

constexpr layout layouts[] = {{"pyrogram-string-v1-32", 1 + 1 + key_size + 4 + 1, false, false},
                              {"pyrogram-string-v1-64", 1 + 1 + key_size + 8 + 1, false, true},
                              {"pyrogram-string-v2", 1 + 4 + 1 + key_size + 8 + 1, true, true}};

/// Whether the shortest one is the front of one of the longer ones, cut where it ends itself: those have a
/// flag where this has the fourth byte of its key, and half of their user where this has the whole.
bool is_front_of_longer(byte_view data, std::uint64_t user) {
    constexpr std::size_t flag_of_longest = 1 + 4;
    return data[flag_of_longest] <= std::byte{1} || user == 0 || user > largest_short_user;
}

maybe_session read(const layout& of, byte_view data) {
    byte_reader in(data);
    const int dc = in.u8();
    if (of.has_api_id) in.take(4);
    const unsigned test = in.u8();
    const byte_view key = in.take(key_size);
    const std::uint64_t user = of.has_long_user ? in.be<std::uint64_t>() : in.be<std::uint32_t>();
    const unsigned bot = in.u8();
    if (test > 1 || bot > 1 || user > largest_user || (!of.has_long_user && is_front_of_longer(data, user)))
        return refused("it has the size of a Pyrogram string, but is none: it is damaged");
    outcome<foreign_account> made = account_of(dc, key);
    if (!made) return made.error();
    made->test = test == 1;
    made->bot = bot == 1;
    made->login.bot = bot == 1;
    made->login.user_id = static_cast<std::int64_t>(user);
    return one_account(of.format, std::move(*made));
}

}  // namespace

maybe_session read_pyrogram_string(byte_view decoded) {
    for (const layout& each : layouts)
        if (decoded.size() == each.size) return read(each, decoded);
    return std::optional<foreign_session>();
}

}  // namespace mtproto::foreign
