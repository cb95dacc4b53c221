// The reasons for which streams are left out.
#include "remux/parameters.hpp"
#include "remux/streams.hpp"

#include <algorithm>
#include <string>

extern "C" {
#include <libavutil/avutil.h>
}

namespace mtproto::remuxing {
namespace {

const char* type_name(AVMediaType type) noexcept {
    const char* name = av_get_media_type_string(type);
    return name ? name : "unknown";
}

bool is_picture(AVCodecID codec) noexcept {
    return codec == AV_CODEC_ID_MJPEG || codec == AV_CODEC_ID_PNG || codec == AV_CODEC_ID_BMP;
}

/// A font, say; Matroska wants to know its name and kind.
bool is_nameable(const AVStream& attachment) noexcept {
    return av_dict_get(attachment.metadata, "filename", nullptr, 0) &&
           av_dict_get(attachment.metadata, "mimetype", nullptr, 0) &&
           attachment.codecpar->extradata_size > 0;
}

bool has_place_for(const AVStream& stream, const output_format& format) {
    const AVMediaType type = stream.codecpar->codec_type;
    const std::string_view muxer = format.muxer;
    const bool matroska = muxer == "matroska";
    if (type == AVMEDIA_TYPE_ATTACHMENT) return matroska && is_nameable(stream);
    if (is_cover(stream))
        return is_picture(stream.codecpar->codec_id) &&
               (muxer == "mp4" || (matroska && stream.attached_pic.size > 0));
    if (type != AVMEDIA_TYPE_VIDEO && type != AVMEDIA_TYPE_AUDIO && type != AVMEDIA_TYPE_SUBTITLE)
        return false;
    return can_carry(format, *stream.codecpar);
}

std::string reason_for(const copied_stream& stream, const output_format& format) {
    switch (stream.why) {
        case left_out::undescribed:
            return "nothing in the file's beginning describes it";
        case left_out::late:
            // The index of a fragmented file waits for each stream's first packet: minutes, for subtitles.
            return stream.from->codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE
                       ? "the first fragment would wait for its first line"
                       : "it begins too late for the index in front";
        case left_out::empty:
            return "it has no packets";
        default:
            return std::string(format.name) + " cannot carry it";
    }
}

void leave_out(copied_stream& stream, left_out why, const output_format& format, const log_sink& log) {
    stream.wanted = false;
    stream.why = why;
    stream.from->discard = AVDISCARD_ALL;
    if (log)
        log(log_level::warning, std::string("left out of the ") + format.name + ": " +
                                    describe_stream(*stream.from) + ", " + reason_for(stream, format));
}

bool counts(const AVStream& stream) noexcept {
    const AVMediaType type = stream.codecpar->codec_type;
    return !is_cover(stream) && (type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO);
}

/// "; Matroska and WebM can"
std::string others_that_can(const std::vector<copied_stream>& streams) {
    std::vector<const AVCodecParameters*> codecs;
    for (const copied_stream& each : streams)
        if (counts(*each.from)) codecs.push_back(each.from->codecpar);
    const std::string able = carriers_of(codecs);
    return able.empty() ? "" : "; " + able + " can";
}

/// Fails when all of the file's streams of `type` are lost.
outcome<void> require_type(const AVFormatContext& from, const std::vector<copied_stream>& streams,
                           AVMediaType type, const output_format& format) {
    std::string lost;
    left_out why = left_out::no;
    for (const copied_stream& each : streams) {
        if (!counts(*each.from) || each.from->codecpar->codec_type != type) continue;
        if (each.wanted) return {};
        if (each.why == left_out::empty) continue;  // nothing is lost with it
        if (why == left_out::no) why = each.why;
        lost += (lost.empty() ? "" : ", ") + std::string(avcodec_get_name(each.from->codecpar->codec_id));
    }
    if (lost.empty()) return {};
    const std::string what =
        std::string(type_name(type)) + " of this file (" + lost + " in " + from.iformat->name + ")";
    const std::string name = format.name;
    switch (why) {
        case left_out::undescribed:
            return failure(errc::remux_failed, "nothing in the file's beginning describes the " + what);
        case left_out::late:
            return failure(errc::remux_failed, "too late for " + name + " in fragments begins the " + what);
        default:
            return failure(errc::remux_failed, name + " cannot carry the " + what + others_that_can(streams));
    }
}

outcome<void> require(const AVFormatContext& from, const std::vector<copied_stream>& streams,
                      const output_format& format) {
    for (const AVMediaType type : {AVMEDIA_TYPE_VIDEO, AVMEDIA_TYPE_AUDIO})
        if (auto kept = require_type(from, streams, type, format); !kept) return kept;
    bool header_alone = false;
    for (const copied_stream& each : streams) {
        if (each.wanted && counts(*each.from)) return {};
        header_alone = header_alone || each.why == left_out::empty;
    }
    return failure(errc::remux_failed, header_alone ? "there is a header in the file and no film behind it"
                                                    : "the file has neither pictures nor sound");
}

}  // namespace

std::string describe_stream(const AVStream& stream) {
    return std::string(type_name(stream.codecpar->codec_type)) + " stream " + std::to_string(stream.index) +
           " (" + avcodec_get_name(stream.codecpar->codec_id) + ")";
}

bool is_cover(const AVStream& stream) noexcept {
    return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
}

outcome<std::vector<copied_stream>> choose_streams(AVFormatContext& from, const output_format& format,
                                                   const log_sink& log) {
    std::vector<copied_stream> streams(from.nb_streams);
    for (unsigned i = 0; i < from.nb_streams; ++i) {
        copied_stream& each = streams[i];
        each.from = from.streams[i];
        // Chapters of MOV are a stream that libavformat has read already.
        if (each.from->discard == AVDISCARD_ALL) continue;
        each.wanted = true;
        if (!has_place_for(*each.from, format))
            leave_out(each, left_out::unsuitable, format, log);
        else if (counts(*each.from) && !is_described(*each.from->codecpar))
            leave_out(each, left_out::undescribed, format, log);
        else if (format.isom && format.live && each.from->codecpar->codec_type == AVMEDIA_TYPE_SUBTITLE)
            leave_out(each, left_out::late, format, log);
    }
    if (auto enough = require(from, streams, format); !enough) return enough.error();
    return streams;
}

outcome<void> leave_out_after_reading(const AVFormatContext& from, std::vector<copied_stream>& streams,
                                      const output_format& format, bool all, const log_sink& log) {
    for (copied_stream& each : streams) {
        if (!each.wanted || is_cover(*each.from)) continue;
        AVCodecParameters& codec = *each.from->codecpar;
        if (each.ahead.first) read_vp9_format(codec, *each.ahead.first);
        if (all && !each.ahead.begun && counts(*each.from))
            leave_out(each, left_out::empty, format, log);
        else if (format.isom && each.ahead.begun && !has_vp9_configuration(codec))
            leave_out(each, left_out::unsuitable, format, log);
        else if (format.isom && format.live && !each.ahead.begun && !is_described_without_packets(codec))
            leave_out(each, left_out::late, format, log);
    }
    return require(from, streams, format);
}

}  // namespace mtproto::remuxing
