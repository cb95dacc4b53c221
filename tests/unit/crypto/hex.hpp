// Bytes from and to hexadecimal, and published data in the shape of the tests.
#pragma once

#include "base/hex.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto::test {

inline std::vector<std::byte> unhex(std::string_view text) {
    const auto digit = [](char c) {
        const std::string_view digits = "0123456789abcdef";
        const std::size_t at = digits.find(static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c));
        if (at == std::string_view::npos) throw std::invalid_argument("no hexadecimal digit");
        return static_cast<unsigned>(at);
    };
    std::vector<std::byte> made;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        made.push_back(static_cast<std::byte>(digit(text[i]) << 4 | digit(text[i + 1])));
    return made;
}

using mtproto::hex;

template <std::size_t N>
std::array<std::byte, N> unhex_array(std::string_view text) {
    const std::vector<std::byte> data = unhex(text);
    std::array<std::byte, N> made{};
    if (data.size() != N) throw std::invalid_argument("not the expected number of bytes");
    std::copy(data.begin(), data.end(), made.begin());
    return made;
}

/// 0, 1, 2 ...
template <std::size_t N>
std::array<std::byte, N> counting() {
    std::array<std::byte, N> made;
    for (std::size_t i = 0; i < N; ++i)
        made[i] = static_cast<std::byte>(i & 0xff);
    return made;
}

}  // namespace mtproto::test

/// So that CHECK(result) prints what went wrong, whatever the value is.
template <class T, class E>
struct doctest::StringMaker<boost::system::result<T, E>> {
    static String convert(const boost::system::result<T, E>& shown) {
        return shown ? String("a value") : String(shown.error().message().c_str());
    }
};
