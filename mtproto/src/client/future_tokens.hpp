// Tokens of logins that stand for a code the next time, as a part of a stored session.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/session_store.hpp>

#include <cstddef>
#include <vector>

namespace mtproto::core {

inline constexpr std::uint32_t future_tokens_part = first_secret_part + 1;

/// Servers take no more.
inline constexpr std::size_t most_future_tokens = 20;

/// The newest first. Nothing where the part is damaged.
std::vector<bytes> future_tokens_of(const stored_session& session);

/// Puts `added` before those that the session has, unless it is empty. Drops all other parts, which belong to
/// an earlier login.
void keep_future_tokens(stored_session& session, byte_view added);

}  // namespace mtproto::core
