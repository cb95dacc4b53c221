// The way of one packet.
#include "remux/packet_writer.hpp"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

extern "C" {
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>
}

namespace mtproto::remuxing {

namespace {

/// Of a stream, from which on its last packet is written though the next one is not there. Microseconds.
constexpr std::int64_t pause = 1'000'000;
/// Packets of one stream in a row that are not to be shown: those from a key frame to an edit.
constexpr std::size_t most_hidden = 10'000;

packet_pointer moved(AVPacket& packet) {
    packet_pointer made(av_packet_alloc());
    if (!made) throw std::bad_alloc();
    av_packet_move_ref(made.get(), &packet);
    return made;
}

}  // namespace

static_assert(no_time == AV_NOPTS_VALUE);

copied_stream* packet_writer::stream_of(const AVPacket& packet, const AVFormatContext& from) {
    const auto index = static_cast<std::size_t>(packet.stream_index);
    if (index < streams_.size()) return streams_[index].wanted ? &streams_[index] : nullptr;
    if (unexpected_.insert(packet.stream_index).second && log_)
        log_(log_level::warning, std::string("left out of the ") + format_.name + ": " +
                                     describe_stream(*from.streams[index]) +
                                     ", which appears in the middle of the file");
    return nullptr;
}

int packet_writer::write(AVPacket& packet, copied_stream& stream, AVFormatContext& to) {
    if (stream.is_attachment) return 0;
    packet.pos = -1;
    if (is_cover(*stream.from)) {
        packet.pts = packet.dts = 0;
        stream.written = true;
        return pass_on(packet, stream, to);
    }
    times_.correct(packet);
    if (!stream.written && stream.begins_with_key && !(packet.flags & AV_PKT_FLAG_KEY)) return 0;
    if (stream.shown && (packet.flags & AV_PKT_FLAG_DISCARD)) {
        // Lists of edits have it so: sound is not to be heard, pictures are to decode others that follow, if
        // any.
        if (stream.from->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
            stream.kept.hidden.size() < most_hidden)
            stream.kept.hidden.push_back(moved(packet));
        return 0;
    }
    for (const packet_pointer& each : std::exchange(stream.kept.hidden, {}))
        if (const int failed = deliver(*each, stream, to); failed < 0) return failed;
    stream.shown = stream.shown || !(packet.flags & AV_PKT_FLAG_DISCARD);
    return deliver(packet, stream, to);
}

/// `packet` has its time by now.
int packet_writer::deliver(AVPacket& packet, copied_stream& stream, AVFormatContext& to) {
    convert_times(packet, stream);
    stream.written = true;
    if (stream.filter)
        if (const int filtered = filter(packet, stream); filtered != 0) return std::min(filtered, 0);
    const std::int64_t now = av_rescale_q(packet.dts, stream.to->time_base, microseconds);
    if (stream.kept.held) {
        if (format_.isom && packet.dts > stream.kept.held->dts)
            stream.kept.held->duration = packet.dts - stream.kept.held->dts;
        if (const int failed = write_held(stream, to); failed < 0) return failed;
    }
    stream.kept.held = moved(packet);
    return write_overdue(now, to);
}

int packet_writer::flush(AVFormatContext& to) {
    for (copied_stream& each : streams_)
        if (const int failed = write_held(each, to); failed < 0) return failed;
    return 0;
}

/// With a length of its own, where the next packet did not tell.
int packet_writer::write_held(copied_stream& stream, AVFormatContext& to) {
    if (!stream.kept.held) return 0;
    const packet_pointer packet = std::move(stream.kept.held);
    if (packet->duration <= 0) {
        const int samples = av_get_audio_frame_duration2(stream.from->codecpar, packet->size);
        const int rate = stream.from->codecpar->sample_rate;
        packet->duration = samples > 0 && rate > 0 ? av_rescale_q(samples, {1, rate}, stream.to->time_base)
                                                   : stream.kept.usual_duration;
    }
    stream.kept.usual_duration = packet->duration;
    return pass_on(*packet, stream, to);
}

/// A stream that pauses does not hold up the others.
int packet_writer::write_overdue(std::int64_t now, AVFormatContext& to) {
    for (copied_stream& each : streams_) {
        if (!each.kept.held) continue;
        const std::int64_t end = each.kept.held->dts + each.kept.held->duration;
        if (now - av_rescale_q(end, each.to->time_base, microseconds) < pause) continue;
        if (const int failed = write_held(each, to); failed < 0) return failed;
    }
    return 0;
}

int packet_writer::pass_on(AVPacket& packet, copied_stream& stream, AVFormatContext& to) {
    packet.stream_index = stream.to->index;
    // The muxer would move a fragment's first packet to where the durations before it end.
    if (format_.isom && format_.live && all_have_begun())
        if (const int failed = av_opt_set(to.priv_data, "movflags", "+frag_discont", 0); failed < 0)
            return failed;
    ++stream.count;
    return av_interleaved_write_frame(&to, &packet);
}

bool packet_writer::all_have_begun() const {
    return std::all_of(streams_.begin(), streams_.end(), [](const copied_stream& each) {
        return !each.wanted || is_cover(*each.from) || each.to->nb_frames > 0;
    });
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
int packet_writer::filter(AVPacket& packet, copied_stream& stream) {
    int failed = av_bsf_send_packet(stream.filter.get(), &packet);
    if (failed == 0) failed = av_bsf_receive_packet(stream.filter.get(), &packet);
    if (failed == 0) {
        // The output has been told of it; Matroska's muxer would write it where there is no room.
        if (stream.from->codecpar->codec_id == AV_CODEC_ID_AAC) av_packet_free_side_data(&packet);
        return 0;
    }
    if (failed == AVERROR(ENOMEM)) return failed;
    if (failed != AVERROR(EAGAIN) && damaged_.insert(stream.from->index).second && log_)
        log_(log_level::warning, "damaged packets are left out of " + describe_stream(*stream.from));
    return 1;
}

}  // namespace mtproto::remuxing
