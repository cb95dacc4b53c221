// The rules of public names (protocol 10.3).
#pragma once

#include "media/text.hpp"

#include <string_view>

namespace mtproto::core {

/// What keeps `name` from being a username, for people; null when nothing does.
inline const char* username_fault(std::string_view name) noexcept {
    constexpr std::size_t longest = 32;
    if (name.empty()) return "it is empty";
    if (name.size() > longest) return "it is longer than 32 characters";
    if (!is_letter(name.front())) return "it does not begin with a letter";
    for (const char c : name)
        if (!is_letter(c) && !is_digit(c) && c != '_') return "only letters, digits and _ may stand in it";
    if (name.back() == '_') return "it ends with _";
    if (name.find("__") != name.npos) return "it has two _ in a row";
    return nullptr;
}

}  // namespace mtproto::core
