// The hosts whose web addresses are Telegram's links (protocol 10.1).
#pragma once

#include <array>
#include <string_view>

namespace mtproto::core {

inline constexpr std::array<std::string_view, 3> web_hosts{"t.me", "telegram.me", "telegram.dog"};

/// With or without www.
constexpr bool is_web_host(std::string_view host) noexcept {
    if (host.starts_with("www.")) host.remove_prefix(4);
    for (const std::string_view known : web_hosts)
        if (host == known) return true;
    return false;
}

}  // namespace mtproto::core
