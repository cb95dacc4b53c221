// Sessions of other clients: reads their files and strings, and writes strings.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>
#include <mtproto/known_peer.hpp>
#include <mtproto/session_store.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto {

/// One login of another client. Copies hold secrets: keep them short-lived.
struct foreign_account {
    foreign_account() = default;

    /// Home, keys and salts. `user_id` is 0 where the format does not keep it, and else a claim: only the
    /// server knows (users.getUsers with inputUserSelf).
    stored_session login;
    bool test = false;        ///< of Telegram's test servers
    std::optional<bool> bot;  ///< nothing where the format does not tell
    std::string host;         ///< of the home data centre, as kept there; may be empty
    std::uint16_t port = 0;   ///< 0: not kept
    std::vector<known_peer> peers;
};

struct foreign_session {
    foreign_session() = default;

    std::string format;  ///< "telethon-string-v1", "tdesktop-tdata", ...
    std::vector<foreign_account> accounts;
};

/// Reads a session that is a string or the bytes of a file, decided by what it holds. White space does not
/// matter in a string. `passcode` opens what is encrypted: the passcode of Telegram Desktop, the database key
/// of TDLib. No I/O, but for SQLite in memory. Errors: errc::password_needed when the passcode is missing or
/// wrong, session_file for all else; the text says what it is and what to do, and holds no secret.
outcome<foreign_session> read_foreign_session(byte_view data, std::string_view passcode = {});

/// The same of a file or a folder (tdata, tdl's data, GramJS' StoreSession). Reads only: nothing there is
/// written, upgraded or locked for long. Blocks for the time of the disk. Follows symbolic links.
outcome<foreign_session> read_foreign_session(const std::filesystem::path& path,
                                              std::string_view passcode = {});

/// The formats that are read, for people, in one line.
std::string_view foreign_session_formats() noexcept;

/// A login as one line, "mtproto1." and base64url: a version, the login and a checksum
/// (docs/design/foreign-sessions.md). It is a secret as strong as the login. Only the key of the home data
/// centre goes along. Error: errc::session_file where there is none.
outcome<std::string> session_string(const stored_session& login, bool test);
/// The same as Telethon 1 reads it, and most others: it keeps neither user nor test servers, but an address.
/// Error: errc::bad_argument when `host` is no IP address.
outcome<std::string> telethon_string(const stored_session& login, const std::string& host,
                                     std::uint16_t port);

}  // namespace mtproto
