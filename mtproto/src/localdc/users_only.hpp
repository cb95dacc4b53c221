// Methods that Telegram refuses to bots (BOT_METHOD_INVALID), beyond those of needs::user.
#pragma once

#include <cstdint>

namespace mtproto::localdc {

/// Whether a method of this id is about what only users have or may read: passwords, histories, searches,
/// dialogs, contacts.
bool is_for_users(std::uint32_t method) noexcept;

}  // namespace mtproto::localdc
