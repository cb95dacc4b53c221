// libavformat as the reader, and a walk over the boxes of fragments.
#include "remux/read_back.hpp"

#include "remux/av_io.hpp"
#include "remux/boxes.hpp"
#include "remux/header_edit.hpp"
#include "remux/open.hpp"
#include "remux/parameters.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace mtproto::remuxing {
namespace {

/// A moof that is larger is none. Bytes.
constexpr std::uint64_t largest_moof = 64 << 20;

failure wrong(const std::string& what, const output_format& format) {
    return failure(errc::remux_failed,
                   std::string("the ") + format.name + " that was made does not play: " + what);
}

/// Subtitles get samples for their pauses; of sound without frames the index counts something else.
bool is_counted(const copied_stream& stream) {
    const AVCodecParameters& codec = *stream.from->codecpar;
    if (codec.codec_type == AVMEDIA_TYPE_VIDEO) return true;
    return codec.codec_type == AVMEDIA_TYPE_AUDIO && av_get_bits_per_sample(codec.codec_id) == 0;
}

/// The muxer passes over packets of AC-3 that it cannot read.
bool are_all(const copied_stream& stream, std::int64_t found) {
    const AVCodecID codec = stream.from->codecpar->codec_id;
    if (codec == AV_CODEC_ID_AC3 || codec == AV_CODEC_ID_EAC3) return found > 0 || stream.count == 0;
    return found == stream.count;
}

failure wrong_count(const copied_stream& stream, std::int64_t found, const output_format& format) {
    return wrong("its index has " + std::to_string(found) + " packets of " + describe_stream(*stream.from) +
                     " in place of " + std::to_string(stream.count),
                 format);
}

/// As libavformat numbers them in MP4.
std::uint32_t track_of(const copied_stream& stream) {
    return static_cast<std::uint32_t>(stream.to->index) + 1;
}

outcome<void> compare(const AVStream& made, const copied_stream& stream, const output_format& format,
                      bool samples) {
    const std::string name = describe_stream(*stream.from);
    const AVCodecParameters& codec = *made.codecpar;
    if (codec.codec_id == AV_CODEC_ID_NONE || codec.codec_type != stream.to->codecpar->codec_type)
        return wrong("nothing in it describes " + name, format);
    if (codec.extradata_size == 0 && needs_extradata(codec.codec_id))
        return wrong("it lacks the parameters of " + name, format);
    if (!samples || !is_counted(stream)) return {};
    AVStream& counted = const_cast<AVStream&>(made);  // libavformat counts what it does not change
    const std::int64_t found = avformat_index_get_entries_count(&counted);
    return are_all(stream, found) ? outcome<void>() : wrong_count(stream, found, format);
}

struct reading {
    const place_reader& read;
    std::int64_t size;
    std::int64_t position = 0;
    std::optional<failure> trouble = {};
};

int read_place(void* opaque, std::uint8_t* into, int size) {
    auto& from = *static_cast<reading*>(opaque);
    const auto count =
        from.read(from.position, {reinterpret_cast<std::byte*>(into), static_cast<std::size_t>(size)});
    if (!count) {
        from.trouble = count.error();
        return AVERROR(EIO);
    }
    from.position += static_cast<std::int64_t>(*count);
    return *count == 0 ? AVERROR_EOF : static_cast<int>(*count);
}

std::int64_t seek_place(void* opaque, std::int64_t offset, int whence) {
    auto& from = *static_cast<reading*>(opaque);
    if ((whence & ~AVSEEK_FORCE) == AVSEEK_SIZE) return from.size;
    if ((whence & ~AVSEEK_FORCE) != SEEK_SET || offset < 0) return AVERROR(EINVAL);
    return from.position = offset;
}

}  // namespace

outcome<void> check_index(const place_reader& read, std::int64_t size, const output_format& format,
                          const std::vector<copied_stream>& streams, bool samples,
                          const log_findings& found) {
    const std::int64_t damage_before = found.damage;
    reading state{read, size};
    const avio_pointer io = make_reader(&state, read_place, seek_place);
    AVFormatContext* made = avformat_alloc_context();
    if (!made) throw std::bad_alloc();
    made->pb = io.get();
    const int failed = open_written(made, format.isom ? "mov" : "matroska");
    if (state.trouble) {
        if (failed >= 0) avformat_close_input(&made);
        return *state.trouble;
    }
    if (failed < 0) return wrong(libav_text(failed), format);
    const input_pointer file(made);
    unsigned next = 0;
    for (const copied_stream& each : streams) {
        if (!each.wanted || is_cover(*each.from) || each.is_attachment) continue;
        if (next >= made->nb_streams) return wrong(describe_stream(*each.from) + " is missing", format);
        if (auto same = compare(*made->streams[next++], each, format, samples); !same) return same;
    }
    const packet_pointer packet(av_packet_alloc());
    if (!packet) throw std::bad_alloc();
    const int first = av_read_frame(made, packet.get());
    if (state.trouble) return *state.trouble;
    if (first < 0) return wrong("there is no packet behind its header", format);
    if (found.damage != damage_before) return wrong("its header is damaged", format);
    return {};
}

void sample_counter::read(byte_view data) {
    while (!data.empty()) {
        if (skip_ > 0) {
            const std::size_t passed = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, data.size()));
            skip_ -= passed;
            data = data.subspan(passed);
            continue;
        }
        std::uint64_t size = box_header;
        bool matters = false;
        if (box_.size() >= box_header) {
            size = number_at(box_, 0);
            matters = as_text(byte_view(box_).subspan(4, 4)) == "moof";
            if (!matters || size > largest_moof || size < box_header) {
                skip_ = size > box_header ? size - box_header : 0;
                box_.clear();
                continue;
            }
        }
        const std::size_t taken = std::min(static_cast<std::size_t>(size) - box_.size(), data.size());
        box_.insert(box_.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(taken));
        data = data.subspan(taken);
        if (matters && box_.size() == size) {
            count(byte_view(box_).subspan(box_header));
            box_.clear();
        }
    }
}

void sample_counter::count(byte_view moof) {
    for_each_box(moof, [&](const box& traf) {
        if (traf.type != "traf") return;
        std::uint32_t track = 0;
        for_each_box(traf.inside, [&](const box& each) {
            if (each.type == "tfhd" && each.inside.size() >= 8) track = number_at(each.inside, 4);
            if (each.type == "trun" && each.inside.size() >= 8) samples_[track] += number_at(each.inside, 4);
        });
    });
}

std::int64_t sample_counter::samples_of(std::uint32_t track) const {
    const auto found = samples_.find(track);
    return found == samples_.end() ? 0 : found->second;
}

outcome<void> checked_fragments::write(std::int64_t, byte_view data) {
    if (format_.isom) counter_.read(data);
    if (released_) return pass(data);
    if (begins_.empty()) begins_.push_back(0);
    held_.insert(held_.end(), data.begin(), data.end());
    return {};
}

outcome<void> checked_fragments::begin_fragment() {
    if (released_) return to_.begin_fragment();
    if (held_.empty() || begins_.back() == held_.size()) return {};
    // The header, and the first fragment in one or two parts.
    const bool has_fragment = format_.isom ? counter_.any() : begins_.size() > 1;
    if (has_fragment) {
        if (auto released = release(); !released) return released;
        return to_.begin_fragment();
    }
    begins_.push_back(held_.size());
    return {};
}

/// The header is the first part, or its beginning.
void checked_fragments::take_covers_out() {
    std::vector<std::uint32_t> covers;
    for (const copied_stream& each : streams_)
        if (each.wanted && is_cover(*each.from)) covers.push_back(track_of(each));
    if (covers.empty() || !format_.isom || begins_.empty()) return;
    const std::size_t end = begins_.size() > 1 ? begins_[1] : held_.size();
    std::vector<std::byte> made = without_tracks(byte_view(held_).first(end), covers);
    const std::size_t removed = end - made.size();
    made.insert(made.end(), held_.begin() + static_cast<std::ptrdiff_t>(end), held_.end());
    held_ = std::move(made);
    for (std::size_t i = 1; i < begins_.size(); ++i)
        begins_[i] -= removed;
}

outcome<void> checked_fragments::release() {
    take_covers_out();
    const byte_view all = held_;
    const place_reader read = [all](std::int64_t offset, byte_span into) -> outcome<std::size_t> {
        const std::size_t begin = std::min(static_cast<std::size_t>(offset), all.size());
        const std::size_t count = std::min(into.size(), all.size() - begin);
        if (count > 0) std::memcpy(into.data(), all.data() + begin, count);
        return count;
    };
    if (auto right =
            check_index(read, static_cast<std::int64_t>(all.size()), format_, streams_, false, found_);
        !right)
        return right;
    released_ = true;
    for (std::size_t i = 0; i < begins_.size(); ++i) {
        const std::size_t end = i + 1 < begins_.size() ? begins_[i + 1] : all.size();
        if (i > 0)
            if (auto begun = to_.begin_fragment(); !begun) return begun;
        if (auto written = pass(all.subspan(begins_[i], end - begins_[i])); !written) return written;
    }
    held_.clear();
    return {};
}

outcome<void> checked_fragments::pass(byte_view data) {
    const std::int64_t place = passed_;
    passed_ += static_cast<std::int64_t>(data.size());
    return to_.write(place, data);
}

outcome<void> checked_fragments::finish() {
    if (!released_)
        if (auto released = release(); !released) return released;
    for (const copied_stream& each : streams_) {
        if (!format_.isom || !each.wanted || is_cover(*each.from)) continue;
        const std::int64_t found = counter_.samples_of(track_of(each));
        if (!are_all(each, found)) return wrong_count(each, found, format_);
    }
    return to_.finish();
}

}  // namespace mtproto::remuxing
