// The formats, one function each: nothing when the data is of another. Private to foreign.
#pragma once

#include "foreign/login.hpp"

#include <filesystem>
#include <string_view>

namespace mtproto::foreign {

// Strings, without white space.
/// Also GramJS', which begins alike.
maybe_session read_telethon_string(std::string_view text);
maybe_session read_pyrogram_string(byte_view decoded);
maybe_session read_mtcute_string(byte_view decoded);
maybe_session read_mtkruto_string(byte_view decoded);
maybe_session read_own_string(std::string_view text);

// Files.
/// gotd's session, a file of tdl's, and localStorage of Telegram Web, which is refused.
maybe_session read_json(byte_view file);
/// gotd's alone. Other formats hold it, too.
outcome<foreign_account> read_gotd(std::string_view json);
/// tdl's default: a bbolt database.
maybe_session read_bolt(byte_view file);
bool is_bolt(byte_view file) noexcept;
maybe_session read_binlog(byte_view file, std::string_view passcode);
/// grammers before SQLite.
maybe_session read_grammers_file(byte_view file);
bool is_sqlite(byte_view file) noexcept;
outcome<foreign_session> read_sqlite(byte_view file);
outcome<foreign_session> read_sqlite(const std::filesystem::path& path);

// Folders.
maybe_session read_tdata(const std::filesystem::path& folder, std::string_view passcode);
maybe_session read_gramjs_folder(const std::filesystem::path& folder);

}  // namespace mtproto::foreign
