// A frozen account: since when, until when, and where it may appeal.
#pragma once

#include <mtproto/fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace mtproto::core {

struct freeze {
    std::int64_t since = 0;  ///< seconds since 1970; 0: not told
    std::int64_t until = 0;  ///< the same
    std::string appeal_url;  ///< printable, of https; empty: not told
};

/// What the app configuration tells; nothing when the account is not frozen.
std::optional<freeze> freeze_of(const tl::help::AppConfig& told);
/// "the account is frozen since 2026-11-30, until 2026-12-30; appeal at https://t.me/spambot"
std::string in_words(const freeze& what);

}  // namespace mtproto::core
