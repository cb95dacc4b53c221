// Opening, reading, and the signs of damage.
#include "remux/source.hpp"

#include "remux/open.hpp"
#include "remux/parameters.hpp"
#include "remux/promised_size.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string_view>

extern "C" {
#include <libavutil/mathematics.h>
}

namespace mtproto::remuxing {
namespace {

/// How far into a file the parameters of its streams may stand. Bytes, microseconds.
constexpr std::int64_t largest_probe = 32 << 20;
constexpr std::int64_t longest_probe = 60'000'000;
/// Of a file, for its header's promises.
constexpr int header_size = 4096;

constexpr const char* encrypted = "the film is encrypted; only who has its key can read it";

bool is_media(const AVStream& stream) {
    return stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO ||
           stream.codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
}

}  // namespace

int source::interrupted(void* opaque) {
    return static_cast<source*>(opaque)->from_.read_refused();
}

failure source::explain(const std::string& what, int code) const {
    if (from_.read_refused() || code == AVERROR_EXIT) return errc::cancelled;
    if (found_.encrypted) return failure(errc::remux_failed, encrypted);
    if (found_.lacks_index)
        return failure(errc::remux_failed, "the file has no index; its end may be missing");
    return failure(errc::remux_failed, what + ": " + libav_text(code));
}

outcome<void> source::open() {
    if (auto opened = open_once(0, 0); !opened) return opened;
    if (lacks_parameters()) {
        context_.reset();
        if (auto again = open_once(largest_probe, longest_probe); !again) return again;
    }
    if (is_encrypted()) return failure(errc::remux_failed, encrypted);
    return {};
}

outcome<void> source::open_once(std::int64_t probe_bytes, std::int64_t probe_time) {
    from_.seek(0);
    input_.emplace(from_);
    std::array<std::uint8_t, header_size> header{};
    const int got = avio_read(input_->context(), header.data(), header_size);
    promised_ = promised_size(as_bytes_of(header.data(), std::max(got, 0)));
    if (avio_seek(input_->context(), 0, SEEK_SET) < 0) return explain("cannot read the file", AVERROR(EIO));

    AVFormatContext* made = avformat_alloc_context();
    if (!made) throw std::bad_alloc();
    made->pb = input_->context();
    made->interrupt_callback = {interrupted, this};
    if (needs_times_) made->flags |= AVFMT_FLAG_GENPTS;
    if (probe_bytes > 0) {
        made->probesize = probe_bytes;
        made->max_analyze_duration = probe_time;
    }
    if (const int failed = open_self_contained(made, ""); failed < 0)  // frees `made` on failure
        return explain("this is not a video or sound file that can be read", failed);
    context_.reset(made);
    if (const int unknown = avformat_find_stream_info(made, nullptr); unknown < 0)
        return explain("cannot tell what streams the file has", unknown);
    return {};
}

bool source::lacks_parameters() const {
    for (unsigned i = 0; i < context_->nb_streams; ++i) {
        const AVStream& each = *context_->streams[i];
        if (is_media(each) && !is_described(*each.codecpar)) return true;
    }
    return false;
}

bool source::is_encrypted() const {
    for (unsigned i = 0; i < context_->nb_streams; ++i) {
        const AVStream& each = *context_->streams[i];
        const unsigned tag = each.codecpar->codec_tag;
        for (const char* known : {"drmi", "drms", "encv", "enca"})
            if (tag == MKTAG(known[0], known[1], known[2], known[3])) return true;
        if (av_dict_get(each.metadata, "enc_key_id", nullptr, 0)) return true;
    }
    return false;
}

outcome<bool> source::read(AVPacket& packet) {
    for (;;) {
        const int got = av_read_frame(context_.get(), &packet);
        if (from_.read_refused()) return failure(errc::cancelled);
        if (got == AVERROR(EAGAIN)) continue;
        if (got == AVERROR(ENOMEM)) throw std::bad_alloc();
        if (got < 0) {
            if (got != AVERROR_EOF && (found_.encrypted || health_.packets == 0))
                return explain("the file is damaged", got);
            look_at_end(got);
            return false;
        }
        std::size_t size = 0;
        if (av_packet_get_side_data(&packet, AV_PKT_DATA_ENCRYPTION_INFO, &size))
            return failure(errc::remux_failed, encrypted);
        look_at(packet);
        return true;
    }
}

void source::look_at(const AVPacket& packet) {
    ++health_.packets;
    const AVStream& stream = *context_->streams[packet.stream_index];
    if ((packet.flags & AV_PKT_FLAG_CORRUPT) || !has_whole_units(packet, *stream.codecpar))
        ++health_.damaged_packets;
    const std::int64_t start = context_->start_time == AV_NOPTS_VALUE ? 0 : context_->start_time;
    const std::int64_t time = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
    if (time != AV_NOPTS_VALUE)
        reached_ =
            std::max(reached_, av_rescale_q(time + packet.duration, stream.time_base, microseconds) - start);
}

void source::look_at_end(int code) {
    health_.damaged_places = found_.damage;
    if (code != AVERROR_EOF) ++health_.damaged_places;
    const std::int64_t size = from_.input_size();
    const bool torn_packet = std::string_view(context_->iformat->name) == "mpegts" && size % 188 != 0 &&
                             size % 192 != 0 && size % 204 != 0;
    health_.ends_early = promised_ > size || torn_packet || index_exceeds_file() || ends_before_duration();
}

/// MP4 and its kin tell where each packet is.
bool source::index_exceeds_file() const {
    if (std::string_view(context_->iformat->name).substr(0, 4) != "mov,") return false;
    for (unsigned i = 0; i < context_->nb_streams; ++i) {
        AVStream& stream = *context_->streams[i];
        if (stream.discard == AVDISCARD_ALL) continue;
        for (int entry = 0, count = avformat_index_get_entries_count(&stream); entry < count; ++entry) {
            const AVIndexEntry& at = *avformat_index_get_entry(&stream, entry);
            if (at.pos > from_.input_size() - at.size) return true;
        }
    }
    return false;
}

/// Containers that state a length and no size. A last pause, and rounding, may take a little of it.
bool source::ends_before_duration() const {
    const std::string_view name = context_->iformat->name;
    if (name != "flv" && name != "mp3" && name != "flac") return false;
    if (context_->duration_estimation_method != AVFMT_DURATION_FROM_STREAM || context_->duration <= 0)
        return false;
    const std::int64_t tolerance = std::max<std::int64_t>(2'000'000, context_->duration / 10);
    return reached_ + tolerance < context_->duration;
}

}  // namespace mtproto::remuxing
