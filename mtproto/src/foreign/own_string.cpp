// The library's own string: "mtproto1." and base64url of version, login and checksum.
#include "base/base64.hpp"
#include "crypto/auth_key.hpp"
#include "crypto/sha.hpp"
#include "foreign/byte_reader.hpp"
#include "foreign/export.hpp"
#include "foreign/formats.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mtproto::foreign {
namespace {

constexpr std::string_view prefix = "mtproto";
constexpr std::string_view version_1 = "mtproto1.";
constexpr std::size_t own_sum_size = 8;
/// Flags, data centre, user, key, checksum.
constexpr std::size_t whole_size = 1 + 2 + 8 + crypto::auth_key::size + own_sum_size;

enum flags : unsigned { of_test_servers = 1, is_bot = 2, bot_is_known = 4 };

using sha256_prefix = std::array<std::byte, own_sum_size>;

/// Of all before it, and of the version.
sha256_prefix checksum_of(byte_view data) {
    const crypto::sha256_digest digest = crypto::sha256({as_bytes(version_1), data});
    sha256_prefix made{};
    std::copy_n(digest.begin(), made.size(), made.begin());
    return made;
}

const stored_dc* home_of(const stored_session& login) {
    const auto found = login.dcs.find(login.home_dc);
    if (found == login.dcs.end() || !why_no_login(login.home_dc, found->second.auth_key).empty())
        return nullptr;
    return &found->second;
}

failure no_login() {
    return refused("there is no login in it");
}

}  // namespace

maybe_session read_own_string(std::string_view text) {
    if (!text.starts_with(prefix)) return std::optional<foreign_session>();
    if (!text.starts_with(version_1)) return refused("it is a string of another version of this program");
    auto data = decode_base64(text.substr(version_1.size()));
    if (!data) return refused("it is damaged: a letter of it is wrong, or the end is missing");
    const wiped guard(*data);
    if (data->size() != whole_size) return refused("it is damaged: a part of it is missing, or too much");
    const byte_view whole(*data);
    if (!crypto::constant_time_equal(checksum_of(whole.first(whole_size - own_sum_size)),
                                     whole.last(own_sum_size)))
        return refused("it is damaged: its checksum is wrong");
    byte_reader in(whole);
    const unsigned told = in.u8();
    const int dc = in.be<std::uint16_t>();
    const auto user = in.be<std::int64_t>();
    outcome<foreign_account> made = account_of(dc, in.take(crypto::auth_key::size));
    if (!made) return made.error();
    made->test = (told & of_test_servers) != 0;
    made->login.user_id = user;
    made->login.bot = (told & is_bot) != 0;
    if ((told & bot_is_known) != 0) made->bot = made->login.bot;
    return one_account("mtproto-string-v1", std::move(*made));
}

}  // namespace mtproto::foreign

namespace mtproto {

outcome<std::string> session_string(const stored_session& login, bool test) {
    using namespace foreign;
    const stored_dc* home = home_of(login);
    if (home == nullptr) return no_login();
    secret_bytes data(whole_size);
    const wiped guard(data);
    const bool bot_known = login.user_id != 0;
    data[0] = static_cast<std::byte>((test ? of_test_servers : 0u) | (login.bot ? is_bot : 0u) |
                                     (bot_known ? bot_is_known : 0u));
    store_be(&data[1], static_cast<std::uint16_t>(login.home_dc));
    store_be(&data[3], static_cast<std::uint64_t>(login.user_id));
    std::copy(home->auth_key.begin(), home->auth_key.end(), data.begin() + 11);
    const sha256_prefix sum = checksum_of(byte_view(data).first(whole_size - own_sum_size));
    std::copy(sum.begin(), sum.end(), data.end() - own_sum_size);
    return std::string(version_1) + encode_base64url(data);
}

outcome<std::string> telethon_string(const stored_session& login, const std::string& host,
                                     std::uint16_t port) {
    using namespace foreign;
    const stored_dc* home = home_of(login);
    if (home == nullptr) return no_login();
    if (login.home_dc > 255)
        return failure(errc::bad_argument,
                       "Telethon has no room for data centre " + std::to_string(login.home_dc));
    return telethon_text(login.home_dc, home->auth_key, host, port);
}

}  // namespace mtproto
