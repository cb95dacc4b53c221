// The facts that a media file on the disk states about itself.
#pragma once

#include <mtproto/media_facts.hpp>

#include <filesystem>
#include <optional>

namespace mtproto {

/// The size of the pictures and the duration of the video or sound file at `path`, as its container states
/// them; nothing where libavformat finds neither. A playlist or another file that names the files it is made
/// of tells nothing, and none of them is opened. Reads the file's head (and its index), decodes nothing, and
/// blocks meanwhile. Thread safe.
std::optional<media_facts> probe(const std::filesystem::path& path);

}  // namespace mtproto
