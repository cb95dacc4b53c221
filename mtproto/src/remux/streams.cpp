// Maps streams from the input's container to MP4, with all that describes them.
#include "remux/streams.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

extern "C" {
#include <libavutil/avstring.h>
#include <libavutil/avutil.h>
#include <libavutil/mathematics.h>
}

namespace mtproto::remux {
namespace {

/// Why `stream` has no place in the MP4; null when it has one.
const char* why_not(const AVStream& stream, const AVOutputFormat& to, bool live) {
    const AVMediaType type = stream.codecpar->codec_type;
    const AVCodecID codec = stream.codecpar->codec_id;
    constexpr const char* unknown = "MP4 cannot carry it";
    if (type != AVMEDIA_TYPE_VIDEO && type != AVMEDIA_TYPE_AUDIO && type != AVMEDIA_TYPE_SUBTITLE)
        return unknown;
    if ((type == AVMEDIA_TYPE_AUDIO && stream.codecpar->sample_rate <= 0) ||
        (type == AVMEDIA_TYPE_VIDEO && stream.codecpar->width <= 0))
        return "nothing in the file's beginning describes it";
    if (is_cover(stream)) {
        if (live) return "fragments have no room for a cover picture";
        const bool picture =
            codec == AV_CODEC_ID_MJPEG || codec == AV_CODEC_ID_PNG || codec == AV_CODEC_ID_BMP;
        return picture ? nullptr : unknown;
    }
    if (avformat_query_codec(&to, codec, compliance) != 1) return unknown;
    // The index of a fragmented file waits for each stream's first packet: minutes, for subtitles.
    const bool waits = live && type == AVMEDIA_TYPE_SUBTITLE;
    return waits ? "the first fragment would wait for its first line" : nullptr;
}

const char* type_name(AVMediaType type) noexcept {
    const char* name = av_get_media_type_string(type);
    return name ? name : "unknown";
}

/// HEVC whose parameter sets the container states (an hvcC record, which begins with its version) and does
/// not leave to the stream (start codes).
bool has_parameter_sets_apart(const AVCodecParameters& codec) noexcept {
    return codec.codec_id == AV_CODEC_ID_HEVC && codec.extradata_size > 22 && codec.extradata[0] == 1;
}

/// The tag of the input's container, where MP4 knows it as one of this codec; 0 lets the muxer choose.
unsigned tag_for(const AVCodecParameters& codec, const AVFormatContext& to) {
    const AVCodecTag* const* known = to.oformat->codec_tag;
    unsigned usual = 0;
    if (!known || av_codec_get_id(known, codec.codec_tag) == codec.codec_id ||
        !av_codec_get_tag2(known, codec.codec_id, &usual))
        return codec.codec_tag;
    // The muxer would choose hev1, which Apple's players refuse.
    return has_parameter_sets_apart(codec) ? MKTAG('h', 'v', 'c', '1') : 0;
}

AVStream& add_stream(const AVStream& from, AVFormatContext& to) {
    AVStream* made = avformat_new_stream(&to, nullptr);
    if (!made || avcodec_parameters_copy(made->codecpar, from.codecpar) < 0) throw std::bad_alloc();
    made->codecpar->codec_tag = tag_for(*from.codecpar, to);
    made->time_base = from.time_base;
    made->avg_frame_rate = from.avg_frame_rate;
    made->r_frame_rate = from.r_frame_rate;
    made->sample_aspect_ratio =
        from.sample_aspect_ratio.num ? from.sample_aspect_ratio : from.codecpar->sample_aspect_ratio;
    made->codecpar->sample_aspect_ratio = made->sample_aspect_ratio;  // the one that the muxer writes
    made->disposition = from.disposition;
    av_dict_copy(&made->metadata, from.metadata, 0);
    for (int i = 0; i < from.nb_side_data; ++i) {  // rotation, stereo layout, mastering display ...
        const AVPacketSideData& data = from.side_data[i];
        if (std::uint8_t* place = av_stream_new_side_data(made, data.type, data.size))
            std::memcpy(place, data.data, data.size);
    }
    return *made;
}

/// AAC from transport streams has a header in front of each packet, which MP4 states once. The muxer's own
/// remedy does not work for fragments in libavformat 5.1.
filter_pointer header_remover(const AVStream& from) {
    if (from.codecpar->codec_id != AV_CODEC_ID_AAC || from.codecpar->extradata_size > 0) return nullptr;
    const AVBitStreamFilter* kind = av_bsf_get_by_name("aac_adtstoasc");
    AVBSFContext* made = nullptr;
    if (!kind || av_bsf_alloc(kind, &made) < 0) throw std::bad_alloc();
    filter_pointer filter(made);
    made->time_base_in = from.time_base;
    if (avcodec_parameters_copy(made->par_in, from.codecpar) < 0 || av_bsf_init(made) < 0)
        throw std::bad_alloc();
    return filter;
}

/// Whether the index can describe the stream without having seen a packet of it.
bool is_described_without_packets(const AVCodecParameters& codec) noexcept {
    switch (codec.codec_id) {
        case AV_CODEC_ID_AC3:
        case AV_CODEC_ID_EAC3:
        case AV_CODEC_ID_TRUEHD:
        case AV_CODEC_ID_DNXHD:
        case AV_CODEC_ID_VC1:
            return false;
        case AV_CODEC_ID_MP2:
        case AV_CODEC_ID_MP3:
        case AV_CODEC_ID_VP9:
            return true;
        default:
            return codec.extradata_size > 0;
    }
}

/// Fails with `why` when none of the file's streams of `type` goes into the MP4.
outcome<void> require_type(const AVFormatContext& from, const std::vector<copied_stream>& streams,
                           AVMediaType type, const char* why) {
    std::string lost;
    for (const copied_stream& each : streams) {
        if (is_cover(*each.from) || each.from->codecpar->codec_type != type) continue;
        if (each.wanted) return {};
        lost += (lost.empty() ? "" : ", ") + std::string(avcodec_get_name(each.from->codecpar->codec_id));
    }
    if (lost.empty()) return {};
    return failure(errc::remux_failed, std::string(why) + type_name(type) + " of this file (" + lost +
                                           " in " + from.iformat->name + ")");
}

outcome<void> require(const AVFormatContext& from, const std::vector<copied_stream>& streams,
                      const char* why) {
    for (const AVMediaType type : {AVMEDIA_TYPE_VIDEO, AVMEDIA_TYPE_AUDIO})
        if (auto kept = require_type(from, streams, type, why); !kept) return kept;
    for (const copied_stream& each : streams)
        if (each.wanted && !is_cover(*each.from) && each.from->codecpar->codec_type != AVMEDIA_TYPE_SUBTITLE)
            return {};
    return failure(errc::remux_failed, "the file has neither pictures nor sound");
}

void leave_out(copied_stream& stream, const char* why, const log_sink& log) {
    if (log) log(log_level::warning, "left out of the MP4: " + describe_stream(*stream.from) + ", " + why);
    stream.wanted = false;
    stream.from->discard = AVDISCARD_ALL;
}

}  // namespace

std::string describe_stream(const AVStream& stream) {
    return std::string(type_name(stream.codecpar->codec_type)) + " stream " + std::to_string(stream.index) +
           " (" + avcodec_get_name(stream.codecpar->codec_id) + ")";
}

bool is_cover(const AVStream& stream) noexcept {
    return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
}

outcome<std::vector<copied_stream>> choose_streams(AVFormatContext& from, const AVOutputFormat& to, bool live,
                                                   const log_sink& log) {
    std::vector<copied_stream> streams(from.nb_streams);
    for (unsigned i = 0; i < from.nb_streams; ++i) {
        streams[i].from = from.streams[i];
        const char* reason = why_not(*from.streams[i], to, live);
        streams[i].wanted = !reason;
        if (reason) leave_out(streams[i], reason, log);
    }
    if (auto enough = require(from, streams, "MP4 cannot carry the "); !enough) return enough.error();
    return streams;
}

outcome<void> leave_out_late(const AVFormatContext& from, std::vector<copied_stream>& streams,
                             const log_sink& log) {
    for (copied_stream& each : streams)
        if (each.wanted && !each.begun && !is_described_without_packets(*each.from->codecpar))
            leave_out(each, "it begins too late for the index in front", log);
    return require(from, streams, "too late for an MP4 in fragments begins the ");
}

void add_streams(std::vector<copied_stream>& streams, AVFormatContext& to) {
    for (copied_stream& each : streams) {
        if (!each.wanted) continue;
        each.to = &add_stream(*each.from, to);
        each.filter = header_remover(*each.from);
    }
}

void copy_metadata(const AVFormatContext& from, AVFormatContext& to, std::int64_t shift) {
    av_dict_copy(&to.metadata, from.metadata, 0);
    // What describes the input's container is wrong for the new one.
    for (const char* key : {"encoder", "major_brand", "minor_version", "compatible_brands"})
        av_dict_set(&to.metadata, key, nullptr, 0);

    to.chapters =
        static_cast<AVChapter**>(av_calloc(from.nb_chapters ? from.nb_chapters : 1, sizeof(AVChapter*)));
    if (!to.chapters) throw std::bad_alloc();
    for (unsigned i = 0; i < from.nb_chapters; ++i) {
        const AVChapter& source = *from.chapters[i];
        const std::int64_t moved = av_rescale_q(shift, microseconds, source.time_base);
        if (source.end + moved < 0) continue;  // over before the file begins
        auto* made = static_cast<AVChapter*>(av_mallocz(sizeof(AVChapter)));
        if (!made) throw std::bad_alloc();
        made->id = source.id;
        made->time_base = source.time_base;
        made->start = std::max<std::int64_t>(source.start + moved, 0);
        made->end = source.end + moved;
        av_dict_copy(&made->metadata, source.metadata, 0);
        to.chapters[to.nb_chapters++] = made;
    }
}

}  // namespace mtproto::remux
