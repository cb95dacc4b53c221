// What the tests of foreign sessions ask of what was found.
#pragma once

#include "base/hex.hpp"
#include "crypto/sha.hpp"

#include <mtproto/foreign_session.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace mtproto::foreign {

inline outcome<foreign_session> read(std::string_view text, std::string_view passcode = {}) {
    return read_foreign_session(as_bytes(text), passcode);
}

/// Why it is refused; empty when it is not.
inline std::string refusal(std::string_view text) {
    const auto found = read(text);
    return found ? std::string() : found.error().detail;
}

inline std::string home_key_sha256(const foreign_account& of) {
    return hex(crypto::sha256(byte_view(of.login.dcs.at(of.login.home_dc).auth_key)));
}

inline std::vector<std::byte> home_key(const foreign_account& of) {
    return of.login.dcs.at(of.login.home_dc).auth_key;
}

/// Bytes that differ, of keys of one size.
inline std::size_t changed_bytes(const foreign_account& a, const foreign_account& b) {
    std::size_t made = 0;
    for (std::size_t i = 0; i < home_key(a).size(); ++i)
        made += home_key(a)[i] != home_key(b)[i];
    return made;
}

}  // namespace mtproto::foreign
