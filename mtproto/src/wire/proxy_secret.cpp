// Reads the forms of an MTProxy's secret (protocol 1.8).
#include "wire/proxy_secret.hpp"

#include "base/base64.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace mtproto::wire {
namespace {

constexpr std::byte padded_mark{0xdd};
constexpr std::byte fake_tls_mark{0xee};
/// Far beyond any secret that makes sense.
constexpr std::size_t longest_text = 1024;

using decoded = std::optional<std::vector<std::byte>>;

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

decoded from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::vector<std::byte> made;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_digit(text[i]);
        const int low = hex_digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        made.push_back(static_cast<std::byte>(high << 4 | low));
    }
    return made;
}

result<proxy_secret> from_bytes(const std::vector<std::byte>& data) {
    proxy_secret made;
    std::size_t key_from = 0;
    if (data.size() > proxy_key_size) {
        key_from = 1;
        if (data[0] == fake_tls_mark)
            made.kind = proxy_secret::form::fake_tls;
        else if (data[0] == padded_mark)
            made.kind = proxy_secret::form::padded;
        else
            return errc::malformed;
    }
    const byte_view rest = byte_view(data).subspan(std::min(key_from, data.size()));
    if (rest.size() < proxy_key_size) return errc::malformed;
    made.key = proxy_key(rest.first<proxy_key_size>());
    const std::string_view domain = as_text(rest.subspan(proxy_key_size));
    if ((made.kind == proxy_secret::form::fake_tls) == domain.empty()) return errc::malformed;
    for (const char c : domain)
        if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f) return errc::malformed;
    made.domain = domain.substr(0, proxy_secret::longest_domain);
    return made;
}

}  // namespace

result<proxy_secret> parse_proxy_secret(std::string_view text) {
    if (text.size() > longest_text) return errc::malformed;
    // What hexadecimal makes no sense of may still be base64 that happens to have such letters only.
    for (const auto decode : {from_hex, decode_base64}) {
        decoded data = decode(text);
        if (!data) continue;
        result<proxy_secret> made = from_bytes(*data);
        crypto::wipe(*data);
        if (made) return made;
    }
    return errc::malformed;
}

}  // namespace mtproto::wire
