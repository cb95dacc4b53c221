// Which streams of the input go into the output, and as what.
#pragma once

#include "remux/format.hpp"
#include "remux/libav.hpp"
#include "remux/timestamps.hpp"

#include <mtproto/error.hpp>
#include <mtproto/log.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mtproto::remuxing {

/// FLAC, Opus and TrueHD in MP4 are experiments to libavformat 5.1.
constexpr int compliance = FF_COMPLIANCE_EXPERIMENTAL;

/// Why a stream is left out.
enum class left_out { no, unsuitable, undescribed, late, empty };

/// What was read of a stream before anything was written.
struct read_ahead {
    bool begun = false;         ///< a packet
    bool has_keys = false;      ///< a key frame
    bool is_shown = false;      ///< a packet that is to be shown or heard
    packet_pointer first = {};  ///< a copy of the first key frame, or else of the first packet
};

/// Packets on their way into the output.
struct kept_packets {
    packet_pointer held = {};                 ///< written once the next one tells how long it lasts
    std::vector<packet_pointer> hidden = {};  ///< not to be shown; written before the next one that is
    std::int64_t usual_duration = 0;          ///< of the last packet, in the output's unit
};

/// One stream of the input, by its index there.
struct copied_stream {
    AVStream* from = nullptr;
    bool wanted = false;          ///< it goes into the output
    left_out why = left_out::no;  ///< that it is not wanted; `no` for what is left out without a word
    read_ahead ahead = {};
    bool begins_with_key = true;  ///< what comes before its first key frame is left out
    AVStream* to = nullptr;       ///< null before add_streams() and when it is left out
    bool is_attachment = false;   ///< it has no packets in the output
    bool written = false;         ///< its first packet went on its way into the output
    bool shown = false;           ///< and one that is to be shown or heard
    kept_packets kept = {};
    std::int64_t count = 0;  ///< packets that were written
    timestamp_keeper times = {};
    std::int64_t samples = no_time;  ///< av_rescale_delta()'s count of the sound so far
    filter_pointer filter = {};      ///< null when packets go in as they are
};

/// "audio stream 1 (aac)"
std::string describe_stream(const AVStream& stream);
bool is_cover(const AVStream& stream) noexcept;

/// Chooses the streams that the container can carry, and names the others in the log. Error:
/// errc::remux_failed when all the pictures or all the sound would be lost.
outcome<std::vector<copied_stream>> choose_streams(AVFormatContext& from, const output_format& format,
                                                   const log_sink& log);

/// Leaves out what the packets that were read ahead show to be impossible: for fragments, what has not begun
/// and cannot be described before it does; where `all` was read, what has no packets at all. Errors as
/// choose_streams().
outcome<void> leave_out_after_reading(const AVFormatContext& from, std::vector<copied_stream>& streams,
                                      const output_format& format, bool all, const log_sink& log);

/// Adds to `to` a stream for each one that is wanted.
void add_streams(std::vector<copied_stream>& streams, const output_format& format, AVFormatContext& to);

/// Tags and chapters, the latter moved by `shift` microseconds.
void copy_metadata(const AVFormatContext& from, AVFormatContext& to, std::int64_t shift);

}  // namespace mtproto::remuxing
