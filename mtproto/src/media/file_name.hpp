// Names under which received files may be saved.
#pragma once

#include <mtproto/media.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mtproto::core {

/// `stated`, a name that the sender chose, as the name of a file in a folder of the receiver's: no path, no
/// hidden file, no control, direction or invisible characters, no blank but U+0020, no device of Windows',
/// valid UTF-8, at most 200 bytes (its extension kept). Empty when nothing of it is left.
std::string safe_file_name(std::string_view stated);

/// "video_123.mp4": for a file that has no name of its own.
/// `number`: of its message, its story, or the document itself.
std::string default_file_name(media_kind kind, std::int64_t number, std::string_view mime);

/// "clip.mp4" and "_720p" give "clip_720p.mp4".
std::string with_suffix(const std::string& name, const std::string& suffix);

}  // namespace mtproto::core
