// Maps streams from the input's container to the output's, with all that describes them.
#include "remux/streams.hpp"

#include "remux/parameters.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

extern "C" {
#include <libavutil/mathematics.h>
}

namespace mtproto::remuxing {
namespace {

/// The tag of the input's container, where the output's knows it as one of this codec; 0 lets the muxer
/// choose.
unsigned tag_for(const AVCodecParameters& codec, const AVFormatContext& to) {
    const AVCodecTag* const* known = to.oformat->codec_tag;
    unsigned usual = 0;
    if (!known || av_codec_get_id(known, codec.codec_tag) == codec.codec_id ||
        !av_codec_get_tag2(known, codec.codec_id, &usual))
        return codec.codec_tag;
    return 0;
}

void set_extradata(AVCodecParameters& codec, const std::uint8_t* data, std::size_t size) {
    av_freep(&codec.extradata);
    codec.extradata = static_cast<std::uint8_t*>(av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE));
    if (!codec.extradata) throw std::bad_alloc();
    std::memcpy(codec.extradata, data, size);
    codec.extradata_size = static_cast<int>(size);
}

filter_pointer make_filter(const char* name, const AVStream& from) {
    const AVBitStreamFilter* kind = av_bsf_get_by_name(name);
    AVBSFContext* made = nullptr;
    if (!kind || av_bsf_alloc(kind, &made) < 0) throw std::bad_alloc();
    filter_pointer filter(made);
    made->time_base_in = from.time_base;
    if (avcodec_parameters_copy(made->par_in, from.codecpar) < 0 || av_bsf_init(made) < 0)
        throw std::bad_alloc();
    return filter;
}

/// The muxers' own remedies do not work for fragments in libavformat 5.1. AAC from transport streams has a
/// header in front of each packet, which is stated once here; VP9 may come with pictures that are not shown
/// in packets of their own.
filter_pointer filter_for(const AVStream& from) {
    const AVCodecParameters& codec = *from.codecpar;
    if (codec.codec_id == AV_CODEC_ID_AAC && codec.extradata_size == 0)
        return make_filter("aac_adtstoasc", from);
    if (codec.codec_id == AV_CODEC_ID_VP9) return make_filter("vp9_superframe", from);
    return nullptr;
}

/// What `filter` learns from the stream's first packet.
void learn_from_first(const copied_stream& stream, AVCodecParameters& into) {
    if (stream.from->codecpar->codec_id != AV_CODEC_ID_AAC) return;
    const filter_pointer filter = filter_for(*stream.from);
    if (!filter) return;
    const packet_pointer copy(av_packet_clone(stream.ahead.first.get()));
    if (!copy) throw std::bad_alloc();
    if (av_bsf_send_packet(filter.get(), copy.get()) < 0 ||
        av_bsf_receive_packet(filter.get(), copy.get()) < 0)
        return;
    std::size_t size = 0;
    const std::uint8_t* found = av_packet_get_side_data(copy.get(), AV_PKT_DATA_NEW_EXTRADATA, &size);
    if (found && size > 0) set_extradata(into, found, size);
}

/// Apple's players refuse hev1, which the muxer would choose.
void prefer_hvc1(const copied_stream& stream, AVCodecParameters& codec) {
    if (codec.codec_id != AV_CODEC_ID_HEVC) return;
    if (codec.codec_tag != 0 && codec.codec_tag != MKTAG('h', 'e', 'v', '1')) return;
    if (!has_parameter_sets_apart(codec) && stream.ahead.first) {
        const std::vector<std::uint8_t> record = complete_hvcc(codec, *stream.ahead.first);
        if (!record.empty()) set_extradata(codec, record.data(), record.size());
    }
    if (has_parameter_sets_apart(codec)) codec.codec_tag = MKTAG('h', 'v', 'c', '1');
}

/// Matroska has pictures of the whole film among its attachments.
void make_attachment(const copied_stream& stream, AVStream& made) {
    const AVPacket& picture = stream.from->attached_pic;
    const bool png = made.codecpar->codec_id == AV_CODEC_ID_PNG;
    made.codecpar->codec_type = AVMEDIA_TYPE_ATTACHMENT;
    set_extradata(*made.codecpar, picture.data, static_cast<std::size_t>(picture.size));
    made.disposition = 0;
    av_dict_set(&made.metadata, "filename", png ? "cover.png" : "cover.jpg", 0);
    av_dict_set(&made.metadata, "mimetype", png ? "image/png" : "image/jpeg", 0);
}

AVStream& add_stream(const copied_stream& stream, const output_format& format, AVFormatContext& to) {
    const AVStream& from = *stream.from;
    AVStream* made = avformat_new_stream(&to, nullptr);
    if (!made || avcodec_parameters_copy(made->codecpar, from.codecpar) < 0) throw std::bad_alloc();
    made->codecpar->codec_tag = tag_for(*from.codecpar, to);
    made->time_base = from.time_base;
    made->avg_frame_rate = from.avg_frame_rate;
    made->r_frame_rate = from.r_frame_rate;
    made->sample_aspect_ratio =
        from.sample_aspect_ratio.num ? from.sample_aspect_ratio : from.codecpar->sample_aspect_ratio;
    made->codecpar->sample_aspect_ratio = made->sample_aspect_ratio;  // the one that the muxer writes
    // The muxer takes a cover for one only when it is nothing else.
    made->disposition = is_cover(from) ? AV_DISPOSITION_ATTACHED_PIC : from.disposition;
    av_dict_copy(&made->metadata, from.metadata, 0);
    for (int i = 0; i < from.nb_side_data; ++i) {  // rotation, stereo layout, mastering display ...
        const AVPacketSideData& data = from.side_data[i];
        if (std::uint8_t* place = av_stream_new_side_data(made, data.type, data.size))
            std::memcpy(place, data.data, data.size);
    }
    if (is_cover(from) && !format.isom) make_attachment(stream, *made);
    if (stream.ahead.first) learn_from_first(stream, *made->codecpar);
    if (format.isom) prefer_hvc1(stream, *made->codecpar);
    return *made;
}

}  // namespace

void add_streams(std::vector<copied_stream>& streams, const output_format& format, AVFormatContext& to) {
    for (copied_stream& each : streams) {
        if (!each.wanted) continue;
        each.to = &add_stream(each, format, to);
        each.is_attachment = each.to->codecpar->codec_type == AVMEDIA_TYPE_ATTACHMENT;
        each.filter = filter_for(*each.from);
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

}  // namespace mtproto::remuxing
