// mtcute's string sessions, versions 1 to 3.
#include "foreign/byte_reader.hpp"
#include "foreign/formats.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace mtproto::foreign {
namespace {

constexpr std::uint32_t dc_option_id = 0x18b7a10d;

enum session_flags : std::uint32_t { with_user = 1, old_test_flag = 2, with_media_dc = 4 };
constexpr unsigned option_test_flag = 4;

struct mtcute_dc {
    int id = 0;
    bool test = false;
    std::string host;
    std::uint32_t port = 0;
};

mtcute_dc read_option(byte_view data, bool& ok) {
    byte_reader in(data);
    mtcute_dc made;
    const unsigned version = in.u8();
    made.id = in.u8();
    const unsigned flags = in.u8();
    made.test = version == 2 && (flags & option_test_flag) != 0;
    made.host = as_text(in.tl_bytes());
    made.port = in.le<std::uint32_t>();
    ok = ok && in.at_end() && (version == 1 || version == 2);
    return made;
}

mtcute_dc read_old_option(byte_reader& in, bool& ok) {
    mtcute_dc made;
    ok = ok && in.le<std::uint32_t>() == dc_option_id;
    in.le<std::uint32_t>();  // flags
    made.id = in.le<std::int32_t>();
    made.host = as_text(in.tl_bytes());
    made.port = in.le<std::uint32_t>();
    return made;
}

/// Older versions wrote some zero bytes too many.
bool is_padding(byte_view rest) {
    return rest.size() < 4 &&
           std::all_of(rest.begin(), rest.end(), [](std::byte each) { return each == std::byte{}; });
}

}  // namespace

maybe_session read_mtcute_string(byte_view decoded) {
    byte_reader in(decoded);
    const unsigned version = in.u8();
    const auto flags = in.le<std::uint32_t>();
    if (version < 1 || version > 3 || flags > 7) return std::optional<foreign_session>();
    bool ok = true;
    const auto option = [&] {
        return version == 3 ? read_option(in.tl_bytes(), ok) : read_old_option(in, ok);
    };
    const mtcute_dc home = option();
    if (version > 1 && (flags & with_media_dc) != 0) option();
    std::int64_t user = 0;
    std::optional<bool> bot;
    if ((flags & with_user) != 0) {
        user = in.le<std::int64_t>();
        const auto told = in.le<std::uint32_t>();
        ok = ok && (told == tl_true || told == tl_false);
        bot = told == tl_true;
    }
    const byte_view key = in.tl_bytes();
    if (!ok || !in.ok() || !is_padding(in.rest()) || home.port > 0xffff)
        return std::optional<foreign_session>();
    outcome<foreign_account> made = account_of(home.id, key);
    if (!made) return made.error();
    made->test = home.test || (flags & old_test_flag) != 0 || is_test_address(home.host);
    made->bot = bot;
    made->login.bot = bot.value_or(false);
    made->login.user_id = user;
    made->host = home.host;
    made->port = static_cast<std::uint16_t>(home.port);
    return one_account("mtcute-string-v" + std::to_string(version), std::move(*made));
}

}  // namespace mtproto::foreign
