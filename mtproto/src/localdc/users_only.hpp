// Methods that Telegram refuses to bots (BOT_METHOD_INVALID), beyond those that are answered here.
#pragma once

#include <cstdint>

namespace mtproto::localdc {

/// Whether a method of this id reads what only users may read: histories, searches, dialogs, contacts.
bool is_for_users(std::uint32_t method) noexcept;

}  // namespace mtproto::localdc
