// Copies packets from the input's container into MP4.
#include "remux/rewrite.hpp"

#include "remux/av_io.hpp"
#include "remux/open.hpp"
#include "remux/streams.hpp"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

extern "C" {
#include <libavutil/mathematics.h>
}

namespace mtproto::remux {
namespace {

static_assert(no_time == AV_NOPTS_VALUE);

/// A fragment ends at a key frame, or here when key frames are far apart: players wait for a whole fragment,
/// and the muxer holds one in memory. Bytes.
constexpr std::int64_t largest_fragment = 2 << 20;
/// Fragments of files without pictures, which have no key frames to cut at. Microseconds.
constexpr std::int64_t sound_fragment = 2'000'000;

class rewriter {
  public:
    rewriter(bridge& from, target& to, bool live, const log_sink& log)
        : from_(from), to_(to), live_(live), log_(log), source_(from), sink_(to, from) {}

    outcome<void> run() {
        if (auto opened = open_input(); !opened) return opened;
        if (auto opened = open_output(); !opened) return opened;
        if (auto copied = copy_packets(); !copied) return copied;
        if (const int failed = av_write_trailer(output_.get()); failed < 0)
            return explain("cannot finish the MP4", failed);
        avio_flush(sink_.context());
        if (sink_.trouble()) return *sink_.trouble();
        if (from_.stopped()) return failure(errc::cancelled);  // libavformat may have passed over it
        return to_.finish();
    }

  private:
    /// The reason behind an error code: our own side's where there is one, libavformat's text elsewhere.
    failure explain(const char* what, int code) const {
        if (sink_.trouble()) return *sink_.trouble();
        if (from_.read_refused() || code == AVERROR_EXIT) return errc::cancelled;
        return failure(errc::remux_failed, std::string(what) + ": " + libav_text(code));
    }

    static int interrupted(void* opaque) { return static_cast<rewriter*>(opaque)->from_.read_refused(); }

    outcome<void> open_input() {
        AVFormatContext* made = avformat_alloc_context();
        if (!made) throw std::bad_alloc();
        made->pb = source_.context();
        made->interrupt_callback = {interrupted, this};
        if (const int failed = open_self_contained(made, ""); failed < 0)  // frees `made` on failure
            return explain("this is not a video or sound file that can be read", failed);
        input_.reset(made);
        if (const int unknown = avformat_find_stream_info(made, nullptr); unknown < 0)
            return explain("cannot tell what streams the file has", unknown);
        if (made->start_time != AV_NOPTS_VALUE) shift_ = -made->start_time;
        return {};
    }

    outcome<void> open_output() {
        AVFormatContext* made = nullptr;
        if (const int failed = avformat_alloc_output_context2(&made, nullptr, "mp4", ""); failed < 0)
            return explain("libavformat was built without MP4", failed);
        output_.reset(made);
        made->pb = sink_.context();
        made->flags |= AVFMT_FLAG_CUSTOM_IO;
        made->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;  // FLAC, Opus, TrueHD in MP4
        made->interrupt_callback = {interrupted, this};
        auto streams = map_streams(*input_, *made, live_, log_);
        if (!streams) return streams.error();
        streams_ = std::move(*streams);
        copy_metadata(*input_, *made, shift_);
        dictionary options;
        if (live_) {
            // The index entry waits for the first packets, which carry what some codecs need in it, and start
            // times are then told in edit lists as in a plain file.
            options.set("movflags", "frag_keyframe+delay_moov+default_base_moof");
            options.set("frag_size", largest_fragment);
            if (!has_pictures()) options.set("frag_duration", sound_fragment);
        } else {
            options.set("movflags", "faststart");
            sink_.serve_reading_back(*made);
        }
        if (const int failed = avformat_write_header(made, options.out()); failed < 0)
            return explain("MP4 refuses these streams", failed);
        return {};
    }

    bool has_pictures() const {
        return std::any_of(streams_.begin(), streams_.end(), [](const copied_stream& each) {
            return each.to && each.from->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
        });
    }

    outcome<void> copy_packets() {
        const packet_pointer packet(av_packet_alloc());
        if (!packet) throw std::bad_alloc();
        for (;;) {
            const int got = av_read_frame(input_.get(), packet.get());
            if (got < 0 && from_.read_refused()) return failure(errc::cancelled);
            if (got == AVERROR_EOF) return {};
            if (got == AVERROR(EAGAIN)) continue;
            if (got < 0) return explain("the file is damaged", got);
            const int written = copy(*packet);
            av_packet_unref(packet.get());
            if (written < 0) return explain("cannot write a packet", written);
        }
    }

    int copy(AVPacket& packet) {
        const auto index = static_cast<std::size_t>(packet.stream_index);
        if (index >= streams_.size() || !streams_[index].to) return 0;  // a stream that appeared late
        copied_stream& stream = streams_[index];
        const AVRational unit = stream.from->time_base;
        const bool video = stream.from->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
        if (!stream.started && video && !(packet.flags & AV_PKT_FLAG_KEY)) return 0;
        stream.started = true;

        const std::int64_t moved = av_rescale_q(shift_, microseconds, unit);
        if (packet.pts != AV_NOPTS_VALUE) packet.pts += moved;
        if (packet.dts != AV_NOPTS_VALUE) packet.dts += moved;
        if (stream.from->disposition & AV_DISPOSITION_ATTACHED_PIC)
            packet.pts = packet.dts = 0;
        else
            stream.times->fix(packet.pts, packet.dts, packet.duration);
        if (stream.filter) {  // one packet in, one packet out
            if (const int failed = av_bsf_send_packet(stream.filter.get(), &packet); failed < 0)
                return failed;
            if (const int failed = av_bsf_receive_packet(stream.filter.get(), &packet); failed < 0)
                return failed == AVERROR(EAGAIN) ? 0 : failed;
        }
        av_packet_rescale_ts(&packet, unit, stream.to->time_base);
        packet.stream_index = stream.to->index;
        packet.pos = -1;
        return av_interleaved_write_frame(output_.get(), &packet);
    }

    bridge& from_;
    target& to_;
    const bool live_;
    const log_sink& log_;
    av_input source_;
    av_output sink_;
    input_pointer input_;
    output_pointer output_;
    std::vector<copied_stream> streams_;
    std::int64_t shift_ = 0;  ///< microseconds that bring the file's first moment to 0
};

}  // namespace

outcome<void> rewrite(bridge& from, target& to, bool live, const log_sink& log) {
    const log_scope logging(log);
    rewriter job(from, to, live, log);
    return job.run();
}

}  // namespace mtproto::remux
