// Copies packets from the input's container into MP4.
#include "remux/rewrite.hpp"

#include "remux/av_io.hpp"
#include "remux/open.hpp"
#include "remux/packet_writer.hpp"

#include <algorithm>
#include <deque>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

extern "C" {
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>
}

namespace mtproto::remux {
namespace {

/// A fragment ends at a key frame, or here when key frames are far apart: players wait for a whole fragment,
/// and the muxer holds one in memory. Bytes.
constexpr std::int64_t largest_fragment = 2 << 20;
/// Fragments of files without pictures, which have no key frames to cut at. Microseconds.
constexpr std::int64_t sound_fragment = 2'000'000;
/// How far into a file its streams may begin for the index of a fragmented MP4 to wait for them: the
/// recorders' usual delays, and no second sound track that begins with the film's second act. Microseconds,
/// bytes.
constexpr std::int64_t longest_wait = 10'000'000;
constexpr std::int64_t largest_wait = 16 << 20;
/// How long the packets of a fragmented MP4 wait for those of a stream that pauses. Microseconds.
constexpr std::int64_t interleaving = 2'000'000;

class rewriter {
  public:
    rewriter(bridge& from, target& to, bool live, const log_sink& log)
        : from_(from), to_(to), live_(live), log_(log), source_(from), sink_(to, from) {}

    outcome<void> run() {
        if (auto opened = open_input(); !opened) return opened;
        if (live_)
            if (auto ready = await_beginnings(); !ready) return ready;
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
        AVFormatContext* output = nullptr;
        if (const int failed = avformat_alloc_output_context2(&output, nullptr, "mp4", ""); failed < 0)
            return explain("libavformat was built without MP4", failed);
        output_.reset(output);
        auto streams = choose_streams(*made, *output_->oformat, live_, log_);
        if (!streams) return streams.error();
        streams_ = std::move(*streams);
        writer_.emplace(*made, streams_, log_);
        return {};
    }

    /// Reads until all streams have begun, as the index wants, or have been waited for long enough.
    outcome<void> await_beginnings() {
        std::int64_t first = AV_NOPTS_VALUE;
        std::int64_t bytes = 0;
        while (has_late_streams() && bytes < largest_wait) {
            packet_pointer packet(av_packet_alloc());
            if (!packet) throw std::bad_alloc();
            auto got = read(*packet);
            if (!got) return got.error();
            if (!*got) break;
            copied_stream* stream = writer_->stream_of(*packet, *input_);
            if (!stream) continue;
            stream->begun = stream->begun || (packet->flags & AV_PKT_FLAG_KEY);
            bytes += packet->size;
            std::int64_t now = packet->dts != AV_NOPTS_VALUE ? packet->dts : packet->pts;
            waiting_.push_back(std::move(packet));
            if (now == AV_NOPTS_VALUE) continue;
            now = av_rescale_q(now, stream->from->time_base, microseconds);
            if (first == AV_NOPTS_VALUE) first = now;
            if (now - first > longest_wait) break;
        }
        return leave_out_late(*input_, streams_, log_);
    }

    bool has_late_streams() const {
        return std::any_of(streams_.begin(), streams_.end(),
                           [](const copied_stream& each) { return each.wanted && !each.begun; });
    }

    outcome<void> open_output() {
        AVFormatContext* made = output_.get();
        made->pb = sink_.context();
        made->flags |= AVFMT_FLAG_CUSTOM_IO;
        made->strict_std_compliance = compliance;
        made->interrupt_callback = {interrupted, this};
        add_streams(streams_, *made);
        copy_metadata(*input_, *made, writer_->offset());
        dictionary options;
        if (live_) {
            made->max_interleave_delta = interleaving;
            // The index waits for the first packets, which carry what some codecs need in it, and start times
            // are then told in edit lists as in a plain file.
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
            return each.wanted && each.from->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
        });
    }

    /// The next packet; false at the end of the file.
    outcome<bool> read(AVPacket& packet) {
        for (;;) {
            const int got = av_read_frame(input_.get(), &packet);
            if (got >= 0) return true;
            if (from_.read_refused()) return failure(errc::cancelled);
            if (got == AVERROR_EOF) return false;
            if (got != AVERROR(EAGAIN)) return explain("the file is damaged", got);
        }
    }

    outcome<void> copy_packets() {
        bool indexed = !has_late_streams();
        for (; !waiting_.empty(); waiting_.pop_front()) {
            if (auto copied = copy(*waiting_.front()); !copied) return copied;
            if (indexed || !live_ || !all_begun_are_written()) continue;
            if (const int failed = write_index(); failed < 0)
                return explain("cannot write the index", failed);
            indexed = true;
        }
        const packet_pointer packet(av_packet_alloc());
        if (!packet) throw std::bad_alloc();
        for (;;) {
            const auto got = read(*packet);
            if (!got) return got.error();
            if (!*got) return {};
            auto copied = copy(*packet);
            av_packet_unref(packet.get());
            if (!copied) return copied;
        }
    }

    outcome<void> copy(AVPacket& packet) {
        copied_stream* stream = writer_->stream_of(packet, *input_);
        if (!stream) return {};
        const int failed = writer_->write(packet, *stream, *output_);
        if (failed < 0) return explain("cannot write a packet", failed);
        return {};
    }

    bool all_begun_are_written() const {
        return std::all_of(streams_.begin(), streams_.end(), [](const copied_stream& each) {
            return !each.wanted || each.written == each.begun;
        });
    }

    /// Writes the index of a fragmented file though not all streams have begun. What the muxer then would do
    /// with one that begins later, namely move its first packet to 0, this mark prevents.
    int write_index() {
        if (const int failed = av_interleaved_write_frame(output_.get(), nullptr); failed < 0) return failed;
        if (const int failed = av_write_frame(output_.get(), nullptr); failed < 0) return failed;
        if (const int failed = av_opt_set(output_->priv_data, "movflags", "+frag_discont", 0); failed < 0)
            return failed;
        for (const copied_stream& each : streams_)
            if (each.wanted && !each.begun && each.from->codecpar->video_delay > 0)
                if (const int failed = begin_at_zero(*each.to); failed < 0) return failed;
        return 0;
    }

    /// Times of a video whose decoding runs ahead would be counted from the first presentation instead. The
    /// muxer takes an empty packet for a beginning, and writes nothing.
    int begin_at_zero(const AVStream& stream) {
        const packet_pointer packet(av_packet_alloc());
        if (!packet) throw std::bad_alloc();
        packet->stream_index = stream.index;
        packet->pts = packet->dts = 0;
        return av_write_frame(output_.get(), packet.get());
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
    std::optional<packet_writer> writer_;
    std::deque<packet_pointer> waiting_;  ///< read, not yet written: the beginning of a fragmented file
};

}  // namespace

outcome<void> rewrite(bridge& from, target& to, bool live, const log_sink& log) {
    const log_scope logging(log);
    rewriter job(from, to, live, log);
    return job.run();
}

}  // namespace mtproto::remux
