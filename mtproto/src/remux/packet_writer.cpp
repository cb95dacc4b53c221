// The way of one packet.
#include "remux/packet_writer.hpp"

#include <algorithm>
#include <string>

extern "C" {
#include <libavutil/mathematics.h>
}

namespace mtproto::remux {

static_assert(no_time == AV_NOPTS_VALUE);

copied_stream* packet_writer::stream_of(const AVPacket& packet, const AVFormatContext& from) {
    const auto index = static_cast<std::size_t>(packet.stream_index);
    if (index < streams_.size()) return streams_[index].wanted ? &streams_[index] : nullptr;
    if (unexpected_.insert(packet.stream_index).second && log_)
        log_(log_level::warning, "left out of the MP4: " + describe_stream(*from.streams[index]) +
                                     ", which appears in the middle of the file");
    return nullptr;
}

int packet_writer::write(AVPacket& packet, copied_stream& stream, AVFormatContext& to) {
    if (is_cover(*stream.from)) {
        packet.pts = packet.dts = 0;
    } else {
        times_.correct(packet);
        if (!stream.written && !(packet.flags & AV_PKT_FLAG_KEY)) return 0;
        convert_times(packet, stream);
    }
    stream.written = true;
    packet.stream_index = stream.to->index;
    packet.pos = -1;
    if (stream.filter) {
        const int removed = remove_header(packet, stream);
        if (removed != 0) return std::min(removed, 0);
    }
    return av_interleaved_write_frame(&to, &packet);
}

void packet_writer::convert_times(AVPacket& packet, copied_stream& stream) const {
    const AVCodecParameters& codec = *stream.from->codecpar;
    const AVRational from = stream.from->time_base;
    const AVRational to = stream.to->time_base;
    if (packet.pts != AV_NOPTS_VALUE) packet.pts = av_rescale_q(packet.pts, from, to);
    if (packet.dts == AV_NOPTS_VALUE) {
        packet.dts = av_rescale_q(times_.decoded_at(stream.from->index), microseconds, to);
    } else if (codec.codec_type == AVMEDIA_TYPE_AUDIO && codec.sample_rate > 0) {
        // Matroska and others round to milliseconds. Counting samples gives back what was rounded away: each
        // packet has its true duration, and not 1008 or 1056 samples instead of 1024.
        int samples = av_get_audio_frame_duration2(stream.from->codecpar, packet.size);
        if (samples == 0) samples = codec.frame_size;
        packet.dts = av_rescale_delta(from, packet.dts, {1, codec.sample_rate}, samples, &stream.samples, to);
        packet.pts = packet.dts;
    } else {
        packet.dts = av_rescale_q(packet.dts, from, to);
    }
    packet.duration = av_rescale_q(packet.duration, from, to);
    stream.times.fix(packet.pts, packet.dts);
}

/// One packet in, one packet out. 1 when there is nothing to write: a damaged packet of a recording does not
/// spoil the rest.
int packet_writer::remove_header(AVPacket& packet, copied_stream& stream) {
    int failed = av_bsf_send_packet(stream.filter.get(), &packet);
    if (failed == 0) failed = av_bsf_receive_packet(stream.filter.get(), &packet);
    if (failed == 0) return 0;
    if (failed == AVERROR(ENOMEM)) return failed;
    if (failed != AVERROR(EAGAIN) && damaged_.insert(stream.from->index).second && log_)
        log_(log_level::warning, "damaged packets are left out of " + describe_stream(*stream.from));
    return 1;
}

}  // namespace mtproto::remux
