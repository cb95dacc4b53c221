// Offsets, wraps, jumps and missing decode times.
#include "remux/timeline.hpp"

#include <algorithm>
#include <cstdlib>

extern "C" {
#include <libavutil/mathematics.h>
}

namespace mtproto::remuxing {
namespace {

/// ffmpeg's -dts_delta_threshold: a jump that is no gap in the recording. Microseconds.
constexpr std::int64_t jump = 10 * std::int64_t{AV_TIME_BASE};
/// How far times may fall back before that is a jump, too. Microseconds.
constexpr std::int64_t fall = AV_TIME_BASE / 10;
/// ffmpeg's -dts_error_threshold: a time that is nonsense. Microseconds.
constexpr std::int64_t nonsense = 3600 * 30 * std::int64_t{AV_TIME_BASE};

std::int64_t in_microseconds(std::int64_t time, const AVStream& stream) {
    return av_rescale_q(time, stream.time_base, microseconds);
}

bool is_timed(const AVStream& stream) noexcept {
    const AVMediaType type = stream.codecpar->codec_type;
    return type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO;
}

/// How much earlier than its presentation the first packet is decoded, where only the latter is known.
std::int64_t decoding_delay(const AVStream& stream) {
    if (stream.avg_frame_rate.num == 0 || stream.avg_frame_rate.den == 0) return 0;
    const double frames = stream.codecpar->video_delay;
    return static_cast<std::int64_t>(frames * AV_TIME_BASE / av_q2d(stream.avg_frame_rate));
}

/// The packet's duration by what is known of its stream. Microseconds.
std::int64_t duration_of(const AVPacket& packet, const AVStream& stream) {
    const AVCodecParameters& codec = *stream.codecpar;
    if (codec.codec_type == AVMEDIA_TYPE_AUDIO) {
        if (codec.sample_rate > 0) return std::int64_t{AV_TIME_BASE} * codec.frame_size / codec.sample_rate;
        return in_microseconds(packet.duration, stream);
    }
    if (codec.codec_type != AVMEDIA_TYPE_VIDEO) return 0;
    if (packet.duration) return in_microseconds(packet.duration, stream);
    const AVRational rate = stream.avg_frame_rate;
    if (rate.num == 0) return 0;
    const AVCodecParserContext* parser = av_stream_get_parser(&stream);
    const int fields = parser ? parser->repeat_pict + 1 : 1;
    return std::int64_t{AV_TIME_BASE} * rate.den * fields / rate.num;
}

}  // namespace

timeline::timeline(const AVFormatContext& from)
    : from_(from),
      jumps_((from.iformat->flags & AVFMT_TS_DISCONT) != 0),
      streams_(from.nb_streams),
      offset_(from.start_time == AV_NOPTS_VALUE ? 0 : -from.start_time) {}

void timeline::correct(AVPacket& packet) {
    const AVStream& stream = *from_.streams[packet.stream_index];
    progress& at = streams_[static_cast<std::size_t>(packet.stream_index)];
    if (!at.wrap_corrected && from_.start_time != AV_NOPTS_VALUE && stream.pts_wrap_bits < 64)
        unwrap(packet, stream, at);
    move(packet, stream, offset_ + delay_);
    if (packet.dts != AV_NOPTS_VALUE && is_timed(stream) && jumps_) {
        drop_torn(packet, stream);
        close_gap(packet, stream, at);
    }
    if (is_timed(stream) && !jumps_) drop_nonsense(packet, stream, at);
    if (packet.dts != AV_NOPTS_VALUE) last_ = in_microseconds(packet.dts, stream);
    advance(packet, stream, at);
}

void timeline::move(AVPacket& packet, const AVStream& stream, std::int64_t by) const {
    const std::int64_t moved = av_rescale_q(by, microseconds, stream.time_base);
    if (packet.dts != AV_NOPTS_VALUE) packet.dts += moved;
    if (packet.pts != AV_NOPTS_VALUE) packet.pts += moved;
}

void timeline::unwrap(AVPacket& packet, const AVStream& stream, progress& at) {
    if (at.next == AV_NOPTS_VALUE && offset_ == -from_.start_time && jumps_) begin_at_first_used();
    at.wrap_corrected = true;
    const int bits = stream.pts_wrap_bits;
    if (bits < 2 || bits > 62) return;  // ffmpeg shifts out of range there
    const std::int64_t start = av_rescale_q(from_.start_time, microseconds, stream.time_base);
    const std::int64_t half = start + (std::int64_t{1} << (bits - 1));
    for (std::int64_t* time : {&packet.dts, &packet.pts}) {
        if (*time == AV_NOPTS_VALUE || *time <= half) continue;
        *time -= std::int64_t{1} << bits;
        at.wrap_corrected = false;
    }
}

/// The file may begin with a stream that is left out.
void timeline::begin_at_first_used() {
    std::int64_t first = INT64_MAX;
    for (unsigned i = 0; i < from_.nb_streams; ++i) {
        const AVStream& each = *from_.streams[i];
        if (each.discard == AVDISCARD_ALL || each.start_time == AV_NOPTS_VALUE) continue;
        first = std::min(first, in_microseconds(each.start_time, each));
    }
    if (first != INT64_MAX && first > from_.start_time) offset_ = -first;
}

/// Where a jump is, the one of a packet's two times may come from before it.
void timeline::drop_torn(AVPacket& packet, const AVStream& stream) const {
    if (packet.pts == AV_NOPTS_VALUE) return;
    if (std::abs(in_microseconds(packet.pts, stream) - in_microseconds(packet.dts, stream)) > jump)
        packet.pts = packet.dts;
}

void timeline::close_gap(AVPacket& packet, const AVStream& stream, const progress& at) {
    const std::int64_t now = in_microseconds(packet.dts, stream);
    std::int64_t delta = 0;
    if (at.next == AV_NOPTS_VALUE) {
        if (last_ == AV_NOPTS_VALUE) return;
        delta = now - last_;
        if (std::abs(delta) <= jump) return;
    } else {
        delta = now - at.next;
        if (std::abs(delta) <= jump && now + fall >= at.dts) return;
    }
    ++jumped_;
    offset_ -= delta;
    move(packet, stream, -delta);
}

void timeline::drop_nonsense(AVPacket& packet, const AVStream& stream, const progress& at) {
    if (packet.dts == AV_NOPTS_VALUE || at.next == AV_NOPTS_VALUE) return;
    const auto is_nonsense = [&](std::int64_t time) {
        return std::abs(in_microseconds(time, stream) - at.next) > nonsense;
    };
    const bool wrong_dts = is_nonsense(packet.dts);
    if (packet.pts != AV_NOPTS_VALUE && is_nonsense(packet.pts)) packet.pts = AV_NOPTS_VALUE;
    if (wrong_dts) packet.dts = AV_NOPTS_VALUE;
}

void timeline::advance(const AVPacket& packet, const AVStream& stream, progress& at) {
    if (!at.started) {
        at.started = true;
        at.dts = -decoding_delay(stream);
        at.dts += packet.pts != AV_NOPTS_VALUE ? in_microseconds(packet.pts, stream) : delay_;
    }
    if (at.next == AV_NOPTS_VALUE) at.next = at.dts;
    if (packet.dts != AV_NOPTS_VALUE) at.next = in_microseconds(packet.dts, stream);
    at.dts = at.next;
    at.next += duration_of(packet, stream);
}

}  // namespace mtproto::remuxing
