// Which streams of the input go into the MP4, and as what.
#pragma once

#include "remux/libav.hpp"
#include "remux/timestamps.hpp"

#include <mtproto/error.hpp>
#include <mtproto/log.hpp>

#include <optional>
#include <vector>

namespace mtproto::remux {

/// One stream of the input, by its index there.
struct copied_stream {
    AVStream* from = nullptr;
    AVStream* to = nullptr;  ///< null when the stream is left out
    bool started = false;    ///< a video begins with a key frame
    std::optional<timestamp_keeper> times;
    filter_pointer filter;  ///< null when packets go in as they are
};

/// Adds to `to` a stream for each one of `from` that MP4 can carry. `live`: fragments, which have no room for
/// a cover picture. Error: errc::remux_failed when all the pictures or all the sound would be lost.
outcome<std::vector<copied_stream>> map_streams(AVFormatContext& from, AVFormatContext& to, bool live,
                                                const log_sink& log);

/// Tags and chapters, the latter moved by `shift` microseconds.
void copy_metadata(const AVFormatContext& from, AVFormatContext& to, std::int64_t shift);

}  // namespace mtproto::remux
