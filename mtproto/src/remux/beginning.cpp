// How far is read ahead, and where packets go that are not to be shown.
#include "remux/beginning.hpp"

#include "remux/timeline.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

extern "C" {
#include <libavutil/mathematics.h>
}

namespace mtproto::remuxing {
namespace {

/// How far into a file its streams may begin for the index in front to wait for them: the recorders' usual
/// delays, and no second sound track that begins with the film's second act. Microseconds, bytes.
constexpr std::int64_t longest_wait = 10'000'000;
constexpr std::int64_t largest_wait = 16 << 20;
/// No pause in a recording. Microseconds.
constexpr std::int64_t jump = 60'000'000;

bool is_hidden(const AVPacket& packet) noexcept {
    return (packet.flags & AV_PKT_FLAG_DISCARD) != 0;
}

std::int64_t shown_at(const AVPacket& packet) noexcept {
    return packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
}

/// Subtitles come when they come.
bool is_waited_for(const copied_stream& stream) noexcept {
    const AVMediaType type = stream.from->codecpar->codec_type;
    return stream.wanted && (type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO);
}

packet_pointer copy_of(const AVPacket& packet) {
    packet_pointer copy(av_packet_clone(&packet));
    if (!copy) throw std::bad_alloc();
    return copy;
}

}  // namespace

outcome<void> beginning::read(source& from, std::vector<copied_stream>& streams) {
    const auto is_missing = [](const copied_stream& each) {
        return is_waited_for(each) && !(each.ahead.has_keys && each.ahead.is_shown);
    };
    while (bytes_ < largest_wait && waited_ < longest_wait &&
           std::any_of(streams.begin(), streams.end(), is_missing)) {
        packet_pointer packet(av_packet_alloc());
        if (!packet) throw std::bad_alloc();
        const auto got = from.read(*packet);
        if (!got) return got.error();
        all_ = !*got;
        if (all_) break;
        const auto index = static_cast<std::size_t>(packet->stream_index);
        if (index < streams.size() && streams[index].wanted) keep(std::move(packet), streams[index]);
    }
    // Some containers, AVI without its index among them, mark no packet as a key frame. Of recordings,
    // libavformat looks into the packets itself.
    const bool marks_keys = (from.context().iformat->flags & AVFMT_TS_DISCONT) != 0;
    for (copied_stream& each : streams)
        each.begins_with_key = marks_keys || each.ahead.has_keys || !each.ahead.begun;
    return {};
}

/// Where the times of a recording jump, nobody has waited for so long.
void beginning::count_wait(const AVPacket& packet, const AVStream& stream) {
    const std::int64_t time = packet.dts != AV_NOPTS_VALUE ? packet.dts : packet.pts;
    if (time == AV_NOPTS_VALUE || is_hidden(packet)) return;
    const std::int64_t now = av_rescale_q(time, stream.time_base, microseconds);
    const std::int64_t passed = last_ == AV_NOPTS_VALUE ? 0 : now - last_;
    if (std::abs(passed) <= jump) waited_ += passed;
    last_ = now;
}

void beginning::keep(packet_pointer packet, copied_stream& stream) {
    const bool key = packet->flags & AV_PKT_FLAG_KEY;
    count_wait(*packet, *stream.from);
    if (!stream.ahead.begun || (key && !stream.ahead.has_keys)) stream.ahead.first = copy_of(*packet);
    stream.ahead.begun = true;
    stream.ahead.has_keys = stream.ahead.has_keys || key;
    stream.ahead.is_shown = stream.ahead.is_shown || !is_hidden(*packet);
    bytes_ += packet->size;
    packets_.push_back(std::move(packet));
}

std::vector<AVPacket*> beginning::packets_of(const AVStream& stream) const {
    std::vector<AVPacket*> some;
    for (const packet_pointer& each : packets_)
        if (each && each->stream_index == stream.index) some.push_back(each.get());
    return some;
}

void beginning::place_hidden(const AVFormatContext& from, const std::vector<copied_stream>& streams) {
    const std::int64_t start = from.start_time == AV_NOPTS_VALUE ? 0 : from.start_time;
    for (const copied_stream& each : streams) {
        if (!each.wanted || is_cover(*each.from)) continue;
        if (each.from->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) drop_sound(*each.from);
        if (each.from->codecpar->codec_type == AVMEDIA_TYPE_VIDEO)
            place_pictures(*each.from, av_rescale_q(start, microseconds, each.from->time_base));
    }
}

/// They keep their order, a tick each.
void beginning::place_pictures(const AVStream& stream, std::int64_t begin) {
    const std::vector<AVPacket*> all = packets_of(stream);
    const auto shown =
        std::find_if(all.begin(), all.end(), [](const AVPacket* each) { return !is_hidden(*each); });
    if (shown == all.end()) return;
    std::vector<AVPacket*> hidden;
    for (AVPacket* each : all)
        if (is_hidden(*each) && shown_at(*each) != AV_NOPTS_VALUE && shown_at(*each) < begin)
            hidden.push_back(each);

    std::int64_t decoded = begin;
    if ((*shown)->dts != AV_NOPTS_VALUE) decoded = std::min(decoded, (*shown)->dts);
    std::int64_t place = decoded - (shown - all.begin());
    for (auto each = all.begin(); each != shown; ++each)
        (*each)->dts = place++;

    std::stable_sort(hidden.begin(), hidden.end(),
                     [](const AVPacket* a, const AVPacket* b) { return shown_at(*a) < shown_at(*b); });
    place = begin - static_cast<std::int64_t>(hidden.size());
    for (AVPacket* each : hidden)
        each->pts = place++;
}

void beginning::drop_sound(const AVStream& stream) {
    packet_pointer* before = nullptr;
    for (packet_pointer& each : packets_) {
        if (!each || each->stream_index != stream.index) continue;
        if (!is_hidden(*each)) break;
        if (before) before->reset();
        before = &each;
    }
    packets_.erase(std::remove(packets_.begin(), packets_.end(), nullptr), packets_.end());
}

std::int64_t beginning::hidden_time(const AVFormatContext& from,
                                    const std::vector<copied_stream>& streams) const {
    timeline times(from);
    std::int64_t earliest = 0;
    for (const packet_pointer& each : packets_) {
        const copied_stream& stream = streams[static_cast<std::size_t>(each->stream_index)];
        if (is_cover(*stream.from)) continue;
        const packet_pointer packet = copy_of(*each);
        times.correct(*packet);
        if (is_hidden(*packet) || !is_waited_for(stream)) continue;
        const AVRational unit = stream.from->time_base;
        std::int64_t shown = shown_at(*packet) != AV_NOPTS_VALUE
                                 ? av_rescale_q(shown_at(*packet), unit, microseconds)
                                 : times.decoded_at(packet->stream_index);
        // Sound may begin with what its decoder drops.
        if (stream.from->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
            shown += av_rescale_q(packet->duration, unit, microseconds);
        earliest = std::min(earliest, shown);
    }
    return -earliest;
}

}  // namespace mtproto::remuxing
