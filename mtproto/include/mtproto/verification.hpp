// What a download compares with the server's hashes.
#pragma once

namespace mtproto {

/// Each window of a file (128 KiB at Telegram) has a SHA-256 that the file's own data centre states (protocol
/// 8.4). Only bytes that are proved leave a stream; a window that does not have its hash is fetched again
/// alone, and errc::bad_part ends the stream when it stays wrong.
enum class verification {
    off,  ///< nothing, and nothing is taken from a CDN
    cdn,  ///< what comes from a CDN, which is not Telegram's own; that is never taken unproved
    all,  ///< everything
};

}  // namespace mtproto
