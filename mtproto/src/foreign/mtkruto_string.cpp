// MTKruto's string session: a data centre's name and a key, their zeros counted.
#include "foreign/byte_reader.hpp"
#include "foreign/formats.hpp"

#include <optional>
#include <utility>

namespace mtproto::foreign {
namespace {

constexpr std::size_t longest = 1024;
constexpr std::string_view test_ending = "-test";

/// Each zero byte of `data` is followed by how many there are.
std::optional<secret_bytes> expand(byte_view data) {
    secret_bytes made;
    made.reserve(longest);
    for (std::size_t i = 0; i < data.size(); ++i) {
        const std::byte value = data[i];
        std::size_t count = 1;
        if (value == std::byte{}) {
            if (++i == data.size() || data[i] == std::byte{}) return std::nullopt;
            count = std::to_integer<std::size_t>(data[i]);
        }
        if (made.size() + count > longest) return std::nullopt;
        made.insert(made.end(), count, value);
    }
    return made;
}

}  // namespace

maybe_session read_mtkruto_string(byte_view decoded) {
    auto data = expand(decoded);
    if (!data) return std::optional<foreign_session>();
    const wiped guard(*data);
    byte_reader in(*data);
    std::string_view name = as_text(in.tl_bytes());
    const byte_view key = in.tl_bytes();
    if (!in.at_end()) return std::optional<foreign_session>();
    const bool test = name.ends_with(test_ending);
    if (test) name.remove_suffix(test_ending.size());
    if (name.size() != 1 || name[0] < '1' || name[0] > '9') return std::optional<foreign_session>();
    outcome<foreign_account> made = account_of(name[0] - '0', key);
    if (!made) return made.error();
    made->test = test;
    return one_account("mtkruto-string", std::move(*made));
}

}  // namespace mtproto::foreign
