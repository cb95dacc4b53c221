// Telethon's string session and GramJS': "1", then base64 of data centre, address, port and key.
#include "base/base64.hpp"
#include "foreign/byte_reader.hpp"
#include "foreign/export.hpp"
#include "foreign/formats.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <utility>

namespace mtproto::foreign {
namespace {

constexpr std::size_t with_ipv4 = 1 + 4 + 2 + key_size;
constexpr std::size_t with_ipv6 = 1 + 16 + 2 + key_size;
/// Of data centre, length of the address, port and key.
constexpr std::size_t gramjs_fixed = 1 + 2 + 2 + key_size;
constexpr std::size_t shortest_host = 3, longest_host = 64;

bool is_host_letter(std::byte each) noexcept {
    const char c = static_cast<char>(each);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '_' || c == '[' || c == ']';
}

/// An address with its length where Telethon has the address itself. Both may have one size: no IPv6 address
/// of Telegram's begins with so small a number.
bool is_gramjs(byte_view data) {
    byte_reader in(data);
    in.u8();
    const std::size_t host = in.be<std::uint16_t>();
    if (host < shortest_host || host > longest_host || data.size() != gramjs_fixed + host) return false;
    const byte_view text = in.take(host);
    return std::all_of(text.begin(), text.end(), is_host_letter);
}

/// Whether no server stands at such an address: it is a changed string of GramJS, or the front of a longer
/// one that has the size of a shorter one, and a wrong key then.
bool is_no_address(byte_view data, int family) {
    constexpr std::uint16_t telegrams_ipv6 = 0x2001, global_ipv6 = 0x2000;
    const auto first = load_be<std::uint16_t>(data.data() + 1);
    if (family == AF_INET) return first == telegrams_ipv6 || first <= 0xff;
    return first != 0 && first < global_ipv6;
}

maybe_session found(std::string format, int dc, std::string host, std::uint16_t port, byte_view key) {
    outcome<foreign_account> made = account_of(dc, key);
    if (!made) return made.error();
    made->test = is_test_address(host);
    made->host = std::move(host);
    made->port = port;
    return one_account(std::move(format), std::move(*made));
}

maybe_session read_gramjs(byte_view data) {
    byte_reader in(data);
    const int dc = in.u8();
    const byte_view host = in.take(in.be<std::uint16_t>());
    const auto port = in.be<std::uint16_t>();
    return found("gramjs-string-v1", dc, std::string(as_text(host)), port, in.rest());
}

maybe_session read_telethon(byte_view data, int family, std::size_t address_size) {
    if (is_no_address(data, family))
        return refused("it is a string of Telethon or GramJS that is damaged, or its end is missing");
    byte_reader in(data);
    const int dc = in.u8();
    std::array<char, INET6_ADDRSTRLEN> host{};
    ::inet_ntop(family, in.take(address_size).data(), host.data(), host.size());
    const auto port = in.be<std::uint16_t>();
    return found("telethon-string-v1", dc, host.data(), port, in.rest());
}

}  // namespace

maybe_session read_telethon_string(std::string_view text) {
    if (!text.starts_with('1')) return std::optional<foreign_session>();
    auto data = decode_base64(text.substr(1));
    if (!data) return std::optional<foreign_session>();
    const wiped guard(*data);
    if (data->size() == with_ipv4) return read_telethon(*data, AF_INET, 4);
    if (is_gramjs(*data)) return read_gramjs(*data);
    if (data->size() == with_ipv6) return read_telethon(*data, AF_INET6, 16);
    return std::optional<foreign_session>();
}

outcome<std::string> telethon_text(int dc, byte_view key, const std::string& host, std::uint16_t port) {
    std::array<std::byte, 16> address{};
    std::size_t size = 4;
    if (::inet_pton(AF_INET, host.c_str(), address.data()) != 1) {
        size = address.size();
        if (::inet_pton(AF_INET6, host.c_str(), address.data()) != 1)
            return failure(errc::bad_argument, host + " is no IP address");
    }
    secret_bytes data{static_cast<std::byte>(dc)};
    data.reserve(with_ipv6);  // no copy is left behind
    data.insert(data.end(), address.begin(), address.begin() + static_cast<std::ptrdiff_t>(size));
    data.push_back(static_cast<std::byte>(port >> 8));
    data.push_back(static_cast<std::byte>(port & 0xff));
    data.insert(data.end(), key.begin(), key.end());
    const wiped guard(data);
    return "1" + encode_base64url(data);
}

}  // namespace mtproto::foreign
