// Copies packets from the input's container into another one.
#include "remux/rewrite.hpp"

#include "remux/av_io.hpp"
#include "remux/beginning.hpp"
#include "remux/packet_writer.hpp"
#include "remux/read_back.hpp"
#include "remux/source.hpp"

#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

extern "C" {
#include <libavutil/opt.h>
}

namespace mtproto::remuxing {
namespace {

/// A fragment ends at a key frame, or here when key frames are far apart: players wait for a whole fragment,
/// and the muxer holds one in memory. Bytes.
constexpr std::int64_t largest_fragment = 2 << 20;
/// Fragments of files without pictures, which have no key frames to cut at. Microseconds, milliseconds.
constexpr std::int64_t sound_fragment = 2'000'000;
constexpr std::int64_t cluster_length = 2'000;
/// How long the packets of a fragmented MP4 wait for those of a stream that pauses. Microseconds.
constexpr std::int64_t interleaving = 2'000'000;

class rewriter {
  public:
    /// Fills `streams`.
    rewriter(bridge& from, target& to, const output_format& format, std::vector<copied_stream>& streams,
             const log_sink& log, const log_findings& found)
        : from_(from),
          to_(to),
          format_(format),
          log_(log),
          found_(found),
          source_(from, found, !format.isom),
          sink_(to, from),
          streams_(streams) {}

    outcome<sink::remux_report> run() {
        if (auto opened = source_.open(); !opened) return opened.error();
        if (auto chosen = choose(); !chosen) return chosen.error();
        if (auto opened = open_output(); !opened) return opened.error();
        if (auto copied = copy_packets(); !copied) return copied.error();
        if (const int failed = av_write_trailer(output_.get()); failed < 0)
            return explain("cannot finish the " + name(), failed);
        avio_flush(sink_.context());
        if (sink_.trouble()) return *sink_.trouble();
        if (from_.stopped()) return failure(errc::cancelled);  // libavformat may have passed over it
        if (!format_.live)
            if (auto right = check_file(); !right) return right.error();
        if (auto finished = to_.finish(); !finished) return finished.error();
        return report();
    }

  private:
    std::string name() const { return format_.name; }

    /// The reason behind an error code: our own side's where there is one, libavformat's text elsewhere.
    failure explain(const std::string& what, int code) const {
        return sink_.trouble() ? *sink_.trouble() : source_.explain(what, code);
    }

    static int interrupted(void* opaque) { return static_cast<rewriter*>(opaque)->from_.read_refused(); }

    outcome<void> choose() {
        AVFormatContext* output = nullptr;
        if (const int failed = avformat_alloc_output_context2(&output, nullptr, format_.muxer, "");
            failed < 0)
            return explain("libavformat was built without " + name(), failed);
        output_.reset(output);
        AVFormatContext& input = source_.context();
        auto chosen = choose_streams(input, format_, log_);
        if (!chosen) return chosen.error();
        streams_ = std::move(*chosen);
        if (auto read = first_.read(source_, streams_); !read) return read;
        if (auto left = leave_out_after_reading(input, streams_, format_, first_.is_all(), log_); !left)
            return left;
        if (!format_.hides_packets()) first_.place_hidden(input, streams_);
        writer_.emplace(input, streams_, format_, log_);
        writer_->delay(first_.hidden_time(input, streams_));
        return {};
    }

    outcome<void> open_output() {
        AVFormatContext* made = output_.get();
        made->pb = sink_.context();
        made->flags |= AVFMT_FLAG_CUSTOM_IO;
        made->strict_std_compliance = compliance;
        made->interrupt_callback = {interrupted, this};
        add_streams(streams_, format_, *made);
        copy_metadata(source_.context(), *made, writer_->offset());
        dictionary options;
        if (format_.live) made->max_interleave_delta = interleaving;
        if (!format_.isom) {
            if (format_.live) {
                options.set("cluster_size_limit", largest_fragment);
                options.set("cluster_time_limit", cluster_length);
            }
        } else if (format_.live) {
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
            return explain(name() + " refuses these streams", failed);
        return {};
    }

    bool has_pictures() const {
        return std::any_of(streams_.begin(), streams_.end(), [](const copied_stream& each) {
            return each.wanted && !is_cover(*each.from) &&
                   each.from->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
        });
    }

    bool has_late_streams() const {
        return std::any_of(streams_.begin(), streams_.end(), [](const copied_stream& each) {
            return each.wanted && !each.ahead.begun && !each.is_attachment;
        });
    }

    outcome<void> copy_packets() {
        bool indexed = !has_late_streams() || !format_.live || !format_.isom;
        for (auto& ahead = first_.packets(); !ahead.empty(); ahead.pop_front()) {
            if (auto copied = copy(*ahead.front()); !copied) return copied;
            if (indexed || !all_begun_are_written()) continue;
            if (const int failed = write_index(); failed < 0)
                return explain("cannot write the index", failed);
            indexed = true;
        }
        if (!indexed) {
            if (const int failed = writer_->flush(*output_); failed < 0)
                return explain("cannot write a packet", failed);
            if (const int failed = write_index(); failed < 0)
                return explain("cannot write the index", failed);
        }
        const packet_pointer packet(av_packet_alloc());
        if (!packet) throw std::bad_alloc();
        while (!first_.is_all()) {
            const auto got = source_.read(*packet);
            if (!got) return got.error();
            if (!*got) break;
            auto copied = copy(*packet);
            av_packet_unref(packet.get());
            if (!copied) return copied;
        }
        if (const int failed = writer_->flush(*output_); failed < 0)
            return explain("cannot write a packet", failed);
        if (written() == 0)
            return failure(errc::remux_failed, "there is no packet in the file that could be copied");
        return {};
    }

    outcome<void> copy(AVPacket& packet) {
        copied_stream* stream = writer_->stream_of(packet, source_.context());
        if (!stream) return {};
        const int failed = writer_->write(packet, *stream, *output_);
        if (failed < 0) return explain("cannot write a packet", failed);
        return {};
    }

    bool all_begun_are_written() const {
        return std::all_of(streams_.begin(), streams_.end(), [](const copied_stream& each) {
            return !each.wanted || each.is_attachment || !each.ahead.begun || each.count > 0;
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
            if (each.wanted && each.count == 0 && each.from->codecpar->video_delay > 0)
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

    outcome<void> check_file() {
        const place_reader read = [this](std::int64_t offset, byte_span into) {
            return to_.read(offset, into);
        };
        return check_index(read, avio_size(sink_.context()), format_, streams_, format_.isom, found_);
    }

    std::int64_t written() const {
        std::int64_t all = 0;
        for (const copied_stream& each : streams_)
            if (!is_cover(*each.from)) all += each.count;
        return all;
    }

    sink::remux_report report() const {
        sink::remux_report made = source_.health();
        made.packets = written();
        // Where recordings were joined the container marks a packet of each stream; nothing is lost with it.
        const std::int64_t joints = writer_->jumps() * static_cast<std::int64_t>(streams_.size());
        made.damaged_packets = std::max<std::int64_t>(made.damaged_packets - joints, 0);
        return made;
    }

    bridge& from_;
    target& to_;
    const output_format format_;
    const log_sink& log_;
    const log_findings& found_;
    source source_;
    av_output sink_;
    output_pointer output_;
    std::vector<copied_stream>& streams_;
    beginning first_;
    std::optional<packet_writer> writer_;
};

}  // namespace

outcome<sink::remux_report> rewrite(bridge& from, target& to, const output_format& format,
                                    const log_sink& log) {
    const log_scope logging(log);
    std::vector<copied_stream> streams;
    if (!format.live) return rewriter(from, to, format, streams, log, logging.findings()).run();
    checked_fragments checked(to, format, streams, logging.findings());
    return rewriter(from, checked, format, streams, log, logging.findings()).run();
}

}  // namespace mtproto::remuxing
