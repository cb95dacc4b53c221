// Takes tracks out of the header of a fragmented MP4.
#pragma once

#include <mtproto/bytes.hpp>

#include <cstdint>
#include <vector>

namespace mtproto::remuxing {

/// `header` without the tracks of these numbers, and without what announces fragments of theirs. libavformat
/// 5.1 makes tracks for cover pictures there, whose place is among the tags, and players stumble over them.
std::vector<std::byte> without_tracks(byte_view header, const std::vector<std::uint32_t>& tracks);

}  // namespace mtproto::remuxing
