// Telegram Desktop's files: their frame, and what is encrypted in them. Private to foreign.
#pragma once

#include "crypto/auth_key.hpp"
#include "foreign/login.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mtproto::foreign {

/// 256 bytes that stand where an authorization key does.
using local_key = crypto::auth_key;

/// The key under which a passcode, or none, puts the key of the files.
local_key passcode_key(std::string_view passcode, byte_view salt);
/// The same of versions before 2020.
local_key old_passcode_key(std::string_view passcode, byte_view salt);

/// What is encrypted under `key`, without length and padding; nothing when the key is another one, or the
/// data was changed.
std::optional<secret_bytes> decrypt_local(byte_view encrypted, const local_key& key);

/// The body of NAMEs, or else of the newest of NAME0 and NAME1 that is whole; nothing when there is none at
/// all. Error: refused() when all that are there are damaged.
outcome<std::optional<secret_bytes>> read_tdata_file(const std::filesystem::path& folder,
                                                     const std::string& name);

/// The name of the file for `data_name`: "data" of the first account.
std::string file_name_of(std::string_view data_name);

/// The login in what an account's file holds; nothing when nobody is logged in there.
outcome<std::optional<foreign_account>> account_of_tdata(byte_view plain);

}  // namespace mtproto::foreign
