// Checks what every format has in common: a data centre and a key.
#include "foreign/login.hpp"

#include "crypto/secret.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <utility>

namespace mtproto::foreign {
namespace {

/// Telegram numbers its data centres from 1; clients take none above this.
constexpr int most_dc = 1000;

constexpr std::array test_addresses{"149.154.175.10",        "149.154.167.40",       "149.154.175.117",
                                    "2001:b28:f23d:f001::e", "2001:67c:4e8:f002::e", "2001:b28:f23d:f003::e"};

bool same_ipv6(const char* a, const char* b) {
    std::array<unsigned char, 16> one{}, two{};
    return ::inet_pton(AF_INET6, a, one.data()) == 1 && ::inet_pton(AF_INET6, b, two.data()) == 1 &&
           one == two;
}

}  // namespace

failure refused(std::string why) {
    return {errc::session_file, std::move(why)};
}

failure locked(std::string why) {
    return {errc::password_needed, std::move(why)};
}

std::string why_no_login(std::int64_t dc, byte_view key) {
    if (dc < 1 || dc > most_dc) return "it names data centre " + std::to_string(dc) + ", which there is not";
    if (key.empty()) return "it holds no key: nobody is logged in there";
    if (key.size() != key_size)
        return "its key has " + std::to_string(key.size()) + " bytes; an authorization key has 256";
    if (std::all_of(key.begin(), key.end(), [](std::byte each) { return each == std::byte{}; }))
        return "its key is all zero: nobody is logged in there";
    return {};
}

outcome<foreign_account> account_of(std::int64_t dc, byte_view key) {
    if (std::string why = why_no_login(dc, key); !why.empty()) return refused(std::move(why));
    foreign_account made;
    made.login.home_dc = static_cast<int>(dc);
    stored_dc& home = made.login.dcs[made.login.home_dc];
    home.auth_key.assign(key.begin(), key.end());
    home.authorized = true;
    return made;
}

foreign_session one_account(std::string format, foreign_account account) {
    foreign_session made;
    made.format = std::move(format);
    made.accounts.push_back(std::move(account));
    return made;
}

void split_address(std::string_view text, foreign_account& to) {
    const std::size_t colon = text.rfind(':');
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    to.host = host;
    if (colon == text.npos) return;
    const std::string_view port = text.substr(colon + 1);
    std::from_chars(port.data(), port.data() + port.size(), to.port);
}

bool is_test_address(const std::string& host) {
    return std::any_of(test_addresses.begin(), test_addresses.end(),
                       [&](const char* each) { return host == each || same_ipv6(host.c_str(), each); });
}

std::string without_blanks(byte_view data) {
    constexpr std::string_view mark = "\xef\xbb\xbf", blanks = " \t\r\n\v\f";
    std::string_view text = as_text(data);
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    std::string made;
    made.reserve(text.size());
    for (const char each : text)
        if (blanks.find(each) == blanks.npos) made += each;
    return made;
}

wiped::~wiped() {
    crypto::wipe(of_);
}

}  // namespace mtproto::foreign
