// Which streams of the input go into the MP4, and as what.
#pragma once

#include "remux/libav.hpp"
#include "remux/timestamps.hpp"

#include <mtproto/error.hpp>
#include <mtproto/log.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mtproto::remux {

/// FLAC, Opus and TrueHD in MP4 are experiments to libavformat 5.1.
constexpr int compliance = FF_COMPLIANCE_EXPERIMENTAL;

/// One stream of the input, by its index there.
struct copied_stream {
    AVStream* from = nullptr;
    bool wanted = false;     ///< it goes into the MP4
    bool begun = false;      ///< of a fragmented MP4: its first packet, a key frame, was read ahead
    bool written = false;    ///< its first packet went into the MP4
    AVStream* to = nullptr;  ///< null before add_streams() and when it is left out
    timestamp_keeper times;
    std::int64_t samples = no_time;  ///< av_rescale_delta()'s count of the sound so far
    filter_pointer filter;           ///< null when packets go in as they are
};

/// "audio stream 1 (aac)"
std::string describe_stream(const AVStream& stream);
bool is_cover(const AVStream& stream) noexcept;

/// Chooses the streams that MP4 can carry, and names the others in the log. `live`: fragments, which have no
/// room for cover pictures and no patience for subtitles. Error: errc::remux_failed when all the pictures or
/// all the sound would be lost.
outcome<std::vector<copied_stream>> choose_streams(AVFormatContext& from, const AVOutputFormat& to, bool live,
                                                   const log_sink& log);

/// Leaves out what has not begun and cannot be described before it does. Errors as choose_streams().
outcome<void> leave_out_late(const AVFormatContext& from, std::vector<copied_stream>& streams,
                             const log_sink& log);

/// Adds to `to` a stream for each one that is wanted.
void add_streams(std::vector<copied_stream>& streams, AVFormatContext& to);

/// Tags and chapters, the latter moved by `shift` microseconds.
void copy_metadata(const AVFormatContext& from, AVFormatContext& to, std::int64_t shift);

}  // namespace mtproto::remux
