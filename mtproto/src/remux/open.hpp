// Opens media files that nobody vouches for.
#pragma once

#include "remux/libav.hpp"

namespace mtproto::remuxing {

/// avformat_open_input() on `made->pb`, for containers that hold all of their data themselves. Playlists and
/// descriptions of sessions are refused, and no container gets another file or address opened: libavformat
/// takes "ffconcat", DASH, HLS or SDP text for a video whatever the file's name is, and would read local
/// files and call servers that a stranger's upload names. Returns libavformat's code; frees `made` on
/// failure.
int open_self_contained(AVFormatContext*& made, const char* name);

/// The same for what was written here, as the container of that name (mov or matroska), without the edits
/// that hide packets.
int open_written(AVFormatContext*& made, const char* container);

}  // namespace mtproto::remuxing
