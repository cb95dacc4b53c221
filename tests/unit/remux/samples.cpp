// Encodes a moving pattern and a tone, and reads containers back.
#include "unit/remux/samples.hpp"

#include "remux/libav.hpp"

#include <cmath>
#include <cstring>
#include <memory>
#include <stdexcept>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/frame.h>
#include <libavutil/opt.h>
}

namespace mtproto::test {
namespace {

using namespace mtproto::remuxing;

struct codec_deleter {
    void operator()(AVCodecContext* context) const noexcept { avcodec_free_context(&context); }
};
using codec_pointer = std::unique_ptr<AVCodecContext, codec_deleter>;
struct frame_deleter {
    void operator()(AVFrame* frame) const noexcept { av_frame_free(&frame); }
};
using frame_pointer = std::unique_ptr<AVFrame, frame_deleter>;

void check(int code, const char* what) {
    if (code < 0) throw std::runtime_error(std::string(what) + ": " + libav_text(code));
}

struct encoded_stream {
    codec_pointer codec;
    AVStream* stream = nullptr;
    double offset = 0;

    void drain(AVFormatContext& to) {
        const packet_pointer packet(av_packet_alloc());
        while (avcodec_receive_packet(codec.get(), packet.get()) >= 0) {
            const auto shift = static_cast<std::int64_t>(std::llround(offset / av_q2d(codec->time_base)));
            packet->pts += shift;
            packet->dts += shift;
            av_packet_rescale_ts(packet.get(), codec->time_base, stream->time_base);
            packet->stream_index = stream->index;
            check(av_interleaved_write_frame(&to, packet.get()), "write");
        }
    }
};

encoded_stream open_encoder(AVFormatContext& to, const sample& how, const std::string& name) {
    const AVCodec* encoder = avcodec_find_encoder_by_name(name.c_str());
    if (!encoder) throw std::runtime_error("no encoder " + name);
    encoded_stream made;
    made.codec.reset(avcodec_alloc_context3(encoder));
    AVCodecContext& codec = *made.codec;
    codec.thread_count = 1;
    if (encoder->type == AVMEDIA_TYPE_VIDEO) {
        codec.width = how.width;
        codec.height = how.width * 3 / 4;
        codec.pix_fmt = AV_PIX_FMT_YUV420P;
        codec.time_base = {1, 25};
        codec.framerate = {25, 1};
        codec.gop_size = 25;
        codec.max_b_frames = how.b_frames;
        if (how.noisy) {
            codec.flags |= AV_CODEC_FLAG_QSCALE;
            codec.global_quality = FF_QP2LAMBDA;
        }
        av_opt_set(codec.priv_data, "preset", "ultrafast", 0);
        if (how.b_frames > 0) av_opt_set(codec.priv_data, "x264-params", "bframes=2:b-adapt=0", 0);
        av_opt_set(codec.priv_data, "x265-params", "log-level=none", 0);
    } else {
        codec.sample_rate = 44100;
        for (const int* rate = encoder->supported_samplerates; rate && *rate; ++rate) {
            if (rate == encoder->supported_samplerates) codec.sample_rate = *rate;
            if (*rate == 44100) codec.sample_rate = 44100;
        }
        codec.sample_fmt = encoder->sample_fmts[0];
        av_channel_layout_default(&codec.ch_layout, 2);
        codec.time_base = {1, codec.sample_rate};
        codec.bit_rate = 64000;
        codec.strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;  // TrueHD
    }
    if (to.oformat->flags & AVFMT_GLOBALHEADER) codec.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    check(avcodec_open2(&codec, encoder, nullptr), "open encoder");
    made.stream = avformat_new_stream(&to, nullptr);
    made.stream->time_base = codec.time_base;
    if (encoder->type == AVMEDIA_TYPE_VIDEO) made.stream->avg_frame_rate = {25, 1};
    check(avcodec_parameters_from_context(made.stream->codecpar, &codec), "parameters");
    return made;
}

void encode_video(encoded_stream& into, AVFormatContext& to, int number, bool noisy) {
    const frame_pointer frame(av_frame_alloc());
    frame->format = into.codec->pix_fmt;
    frame->width = into.codec->width;
    frame->height = into.codec->height;
    check(av_frame_get_buffer(frame.get(), 0), "frame");
    std::uint32_t noise = static_cast<std::uint32_t>(number) * 2654435761u;
    for (int plane = 0; plane < 3; ++plane) {
        const int rows = plane ? (frame->height + 1) / 2 : frame->height;
        std::uint8_t* to_fill = frame->data[plane];
        for (int i = 0; i < rows * frame->linesize[plane]; ++i) {
            noise = noise * 1664525u + 1013904223u;
            to_fill[i] = static_cast<std::uint8_t>(
                noisy ? noise >> 24
                      : static_cast<std::uint32_t>(i) / 7 + static_cast<std::uint32_t>(number * (plane + 3)));
        }
    }
    frame->pts = number;
    check(avcodec_send_frame(into.codec.get(), frame.get()), "encode");
    into.drain(to);
}

void fill_tone(AVFrame& frame, std::int64_t first) {
    for (int i = 0; i < frame.nb_samples; ++i) {
        const double wave = std::sin(static_cast<double>(first + i) * 0.06) * 0.4;
        for (int channel = 0; channel < 2; ++channel) {
            if (frame.format == AV_SAMPLE_FMT_FLTP)
                reinterpret_cast<float*>(frame.data[channel])[i] = static_cast<float>(wave);
            else
                reinterpret_cast<std::int16_t*>(frame.data[0])[2 * i + channel] =
                    static_cast<std::int16_t>(wave * 32767);
        }
    }
}

void encode_audio(encoded_stream& into, AVFormatContext& to, std::int64_t& sent, double until) {
    const int size = into.codec->frame_size ? into.codec->frame_size : 1024;
    while (static_cast<double>(sent) / into.codec->sample_rate < until) {
        const frame_pointer frame(av_frame_alloc());
        frame->format = into.codec->sample_fmt;
        frame->nb_samples = size;
        frame->sample_rate = into.codec->sample_rate;
        av_channel_layout_copy(&frame->ch_layout, &into.codec->ch_layout);
        check(av_frame_get_buffer(frame.get(), 0), "frame");
        fill_tone(*frame, sent);
        frame->pts = sent;
        sent += size;
        check(avcodec_send_frame(into.codec.get(), frame.get()), "encode");
        into.drain(to);
    }
}

void write_subtitle(AVFormatContext& to, const AVStream& stream, double at) {
    const packet_pointer packet(av_packet_alloc());
    const std::string_view text(stream.codecpar->codec_id == AV_CODEC_ID_MOV_TEXT ? "\0\5hello" : "hello",
                                stream.codecpar->codec_id == AV_CODEC_ID_MOV_TEXT ? 7 : 5);
    check(av_new_packet(packet.get(), static_cast<int>(text.size())), "packet");
    std::memcpy(packet->data, text.data(), text.size());
    packet->stream_index = stream.index;
    packet->pts = packet->dts = static_cast<std::int64_t>(at / av_q2d(stream.time_base));
    packet->duration = static_cast<std::int64_t>(0.5 / av_q2d(stream.time_base));
    check(av_interleaved_write_frame(&to, packet.get()), "write");
}

void add_tags(AVFormatContext& to) {
    av_dict_set(&to.metadata, "title", "A test", 0);
    to.chapters = static_cast<AVChapter**>(av_calloc(2, sizeof(AVChapter*)));
    for (int i = 0; i < 2; ++i) {
        auto* made = static_cast<AVChapter*>(av_mallocz(sizeof(AVChapter)));
        made->id = i + 1;
        made->time_base = {1, 1000};
        made->start = i * 1000;
        made->end = (i + 1) * 1000;
        av_dict_set(&made->metadata, "title", i ? "Two" : "One", 0);
        to.chapters[to.nb_chapters++] = made;
    }
}

std::uint64_t hash_of(const std::uint8_t* data, int size) {
    std::uint64_t hash = 1469598103934665603u;  // FNV-1a
    for (int i = 0; i < size; ++i)
        hash = (hash ^ data[i]) * 1099511628211u;
    return hash;
}

struct memory_reader {
    byte_view data;
    std::int64_t position = 0;
    static int read(void* opaque, std::uint8_t* into, int size) {
        auto& self = *static_cast<memory_reader*>(opaque);
        const auto left = static_cast<std::int64_t>(self.data.size()) - self.position;
        if (left <= 0) return AVERROR_EOF;
        const int count = static_cast<int>(std::min<std::int64_t>(left, size));
        std::memcpy(into, self.data.data() + self.position, static_cast<std::size_t>(count));
        self.position += count;
        return count;
    }
    static std::int64_t seek(void* opaque, std::int64_t offset, int whence) {
        auto& self = *static_cast<memory_reader*>(opaque);
        if (whence == AVSEEK_SIZE) return static_cast<std::int64_t>(self.data.size());
        if ((whence & ~AVSEEK_FORCE) != SEEK_SET) return AVERROR(EINVAL);
        return self.position = offset;
    }
};

std::string tag(const AVDictionary* from, const char* key) {
    const AVDictionaryEntry* found = av_dict_get(from, key, nullptr, 0);
    return found ? found->value : "";
}

}  // namespace

std::vector<std::byte> make_sample(const sample& how) {
    const log_sink quiet;
    const log_scope logging(quiet);
    AVFormatContext* made = nullptr;
    check(avformat_alloc_output_context2(&made, nullptr, how.format.c_str(), nullptr), "format");
    const output_pointer to(made);
    check(avio_open_dyn_buf(&made->pb), "memory");
    encoded_stream video;
    encoded_stream audio;
    encoded_stream second;
    AVStream* subtitles = nullptr;
    if (!how.video.empty()) video = open_encoder(*made, how, how.video);
    if (!how.audio.empty()) audio = open_encoder(*made, how, how.audio);
    if (!how.second_audio.empty()) second = open_encoder(*made, how, how.second_audio);
    video.offset = how.start;
    audio.offset = how.start + how.audio_late;
    second.offset = how.start + how.second_begins;
    if (how.subtitles) {
        subtitles = avformat_new_stream(made, nullptr);
        subtitles->codecpar->codec_type = AVMEDIA_TYPE_SUBTITLE;
        subtitles->codecpar->codec_id = how.format == "mp4" ? AV_CODEC_ID_MOV_TEXT : AV_CODEC_ID_SUBRIP;
        subtitles->time_base = {1, 1000};
    }
    if (how.tags) {
        add_tags(*made);
        av_dict_set(&audio.stream->metadata, "language", "deu", 0);
        video.stream->disposition |= AV_DISPOSITION_DEFAULT;
    }
    check(avformat_write_header(made, nullptr), "header");
    std::int64_t sent = 0;
    std::int64_t sent_second = 0;
    for (int number = 0; number < how.frames; ++number) {
        if (video.codec) encode_video(video, *made, number, how.noisy);
        if (audio.codec) encode_audio(audio, *made, sent, (number + 1) / 25.0);
        if (second.codec) encode_audio(second, *made, sent_second, (number + 1) / 25.0 - how.second_begins);
        if (subtitles && number % 25 == 0) write_subtitle(*made, *subtitles, number / 25.0);
    }
    for (encoded_stream* each : {&video, &audio, &second}) {
        if (!each->codec) continue;
        avcodec_send_frame(each->codec.get(), nullptr);
        each->drain(*made);
    }
    check(av_write_trailer(made), "trailer");
    std::uint8_t* data = nullptr;
    const int size = avio_close_dyn_buf(made->pb, &data);
    const auto* first = reinterpret_cast<const std::byte*>(data);
    std::vector<std::byte> file(first, first + size);
    av_free(data);
    return file;
}

const stream_facts* file_facts::find(const std::string& type) const {
    for (const stream_facts& each : streams)
        if (each.type == type) return &each;
    return nullptr;
}

file_facts inspect(byte_view file) {
    const log_sink quiet;
    const log_scope logging(quiet);
    memory_reader reader{file, 0};
    avio_pointer io(avio_alloc_context(static_cast<unsigned char*>(av_malloc(65536)), 65536, 0, &reader,
                                       memory_reader::read, nullptr, memory_reader::seek));
    AVFormatContext* made = avformat_alloc_context();
    made->pb = io.get();
    made->flags |= AVFMT_FLAG_CUSTOM_IO;
    check(avformat_open_input(&made, "", nullptr, nullptr), "open");
    const input_pointer from(made);
    check(avformat_find_stream_info(made, nullptr), "streams");
    file_facts facts;
    facts.format = made->iformat->name;
    facts.title = tag(made->metadata, "title");
    for (unsigned i = 0; i < made->nb_chapters; ++i)
        facts.chapters.push_back(tag(made->chapters[i]->metadata, "title"));
    for (unsigned i = 0; i < made->nb_streams; ++i) {
        const AVStream& stream = *made->streams[i];
        stream_facts each;
        const char* type = av_get_media_type_string(stream.codecpar->codec_type);
        each.type = type ? type : "";
        each.codec = avcodec_get_name(stream.codecpar->codec_id);
        char letters[AV_FOURCC_MAX_STRING_SIZE] = {};
        each.tag = av_fourcc_make_string(letters, stream.codecpar->codec_tag);
        each.language = tag(stream.metadata, "language");
        each.is_default = stream.disposition & AV_DISPOSITION_DEFAULT;
        facts.streams.push_back(std::move(each));
    }
    const packet_pointer packet(av_packet_alloc());
    while (av_read_frame(made, packet.get()) >= 0) {
        const AVRational unit = made->streams[packet->stream_index]->time_base;
        packet_facts each;
        each.pts = av_rescale_q(packet->pts, unit, microseconds);
        each.dts = packet->dts == AV_NOPTS_VALUE ? each.pts : av_rescale_q(packet->dts, unit, microseconds);
        each.duration = av_rescale_q(packet->duration, unit, microseconds);
        each.key = packet->flags & AV_PKT_FLAG_KEY;
        each.hidden = packet->flags & AV_PKT_FLAG_DISCARD;
        each.size = static_cast<std::size_t>(packet->size);
        each.hash = hash_of(packet->data, packet->size);
        facts.streams[static_cast<std::size_t>(packet->stream_index)].packets.push_back(each);
        av_packet_unref(packet.get());
    }
    return facts;
}

}  // namespace mtproto::test
