// Parameter sets of HEVC, the header of VP9, and units of both H.26x.
#include "remux/parameters.hpp"

#include <array>
#include <utility>

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace mtproto::remuxing {
namespace {

constexpr int vps = 32;
constexpr int sps = 33;
constexpr int pps = 34;
/// Of an hvcC record: before its arrays, and where it says how long the lengths in packets are.
constexpr std::size_t hvcc_header = 22;
constexpr std::size_t hvcc_length_size = 21;
constexpr std::size_t avcc_length_size = 4;

byte_view extradata_of(const AVCodecParameters& codec) noexcept {
    return as_bytes_of(codec.extradata, codec.extradata_size);
}

unsigned at(byte_view data, std::size_t place) noexcept {
    return std::to_integer<unsigned>(data[place]);
}

bool is_record(byte_view extradata) noexcept {
    return extradata.size() > hvcc_header && at(extradata, 0) == 1;
}

/// How long the lengths in front of units are; 0 for start codes and other codecs.
std::size_t length_size(const AVCodecParameters& codec) noexcept {
    const byte_view extradata = extradata_of(codec);
    if (codec.codec_id == AV_CODEC_ID_H264 && extradata.size() > 6 && at(extradata, 0) == 1)
        return (at(extradata, avcc_length_size) & 3) + 1;
    if (codec.codec_id == AV_CODEC_ID_HEVC && is_record(extradata))
        return (at(extradata, hvcc_length_size) & 3) + 1;
    return 0;
}

/// Calls `each` with every unit; false when the lengths do not fill the packet.
template <class Function>
bool for_each_unit(byte_view packet, std::size_t length_size, Function each) {
    while (!packet.empty()) {
        if (packet.size() < length_size) return false;
        std::size_t length = 0;
        for (std::size_t i = 0; i < length_size; ++i)
            length = length << 8 | at(packet, i);
        packet = packet.subspan(length_size);
        if (length == 0 || length > packet.size()) return false;
        each(packet.first(length));
        packet = packet.subspan(length);
    }
    return true;
}

int hevc_type(byte_view unit) noexcept {
    return static_cast<int>(at(unit, 0) >> 1 & 0x3f);
}

struct parameter_sets {
    bool video = false;
    bool sequence = false;
    bool picture = false;
    void saw(int type) noexcept {
        video = video || type == vps;
        sequence = sequence || type == sps;
        picture = picture || type == pps;
    }
    bool all() const noexcept { return video && sequence && picture; }
};

bool record_has_all(byte_view record) noexcept {
    parameter_sets found;
    std::size_t place = hvcc_header + 1;
    for (unsigned arrays = at(record, hvcc_header); arrays > 0; --arrays) {
        if (place + 3 > record.size()) return false;
        const int type = static_cast<int>(at(record, place) & 0x3f);
        unsigned units = at(record, place + 1) << 8 | at(record, place + 2);
        if (units > 0) found.saw(type);
        place += 3;
        for (; units > 0; --units) {
            if (place + 2 > record.size()) return false;
            place += 2 + (at(record, place) << 8 | at(record, place + 1));
        }
    }
    return found.all();
}

bool start_codes_have_all(byte_view data) noexcept {
    parameter_sets found;
    for (std::size_t i = 0; i + 4 < data.size(); ++i)
        if (at(data, i) == 0 && at(data, i + 1) == 0 && at(data, i + 2) == 1)
            found.saw(static_cast<int>(at(data, i + 3) >> 1 & 0x3f));
    return found.all();
}

/// Reads bits, the highest first; zeros behind the end.
class bit_reader {
  public:
    explicit bit_reader(byte_view data) noexcept : data_(data) {}
    unsigned read(int count) noexcept {
        unsigned value = 0;
        for (; count > 0; --count, ++place_) {
            const std::size_t byte = place_ / 8;
            const unsigned bit = byte < data_.size() ? at(data_, byte) >> (7 - place_ % 8) & 1 : 0;
            value = value << 1 | bit;
        }
        return value;
    }

  private:
    byte_view data_;
    std::size_t place_ = 0;
};

AVPixelFormat vp9_format(int depth, bool half_width, bool half_height) noexcept {
    constexpr std::array<std::array<AVPixelFormat, 4>, 3> known{{
        {AV_PIX_FMT_YUV444P, AV_PIX_FMT_YUV440P, AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV420P},
        {AV_PIX_FMT_YUV444P10, AV_PIX_FMT_YUV440P10, AV_PIX_FMT_YUV422P10, AV_PIX_FMT_YUV420P10},
        {AV_PIX_FMT_YUV444P12, AV_PIX_FMT_YUV440P12, AV_PIX_FMT_YUV422P12, AV_PIX_FMT_YUV420P12},
    }};
    return known[static_cast<std::size_t>((depth - 8) / 2)][(half_width ? 2u : 0u) + (half_height ? 1u : 0u)];
}

}  // namespace

bool is_described(const AVCodecParameters& codec) noexcept {
    if (codec.codec_type == AVMEDIA_TYPE_AUDIO) return codec.sample_rate > 0;
    if (codec.codec_type == AVMEDIA_TYPE_VIDEO) return codec.width > 0;
    return true;
}

bool needs_extradata(AVCodecID codec) noexcept {
    switch (codec) {
        case AV_CODEC_ID_H264:
        case AV_CODEC_ID_HEVC:
        case AV_CODEC_ID_AAC:
        case AV_CODEC_ID_AV1:
        case AV_CODEC_ID_OPUS:
        case AV_CODEC_ID_VORBIS:
        case AV_CODEC_ID_FLAC:
        case AV_CODEC_ID_ALAC:
            return true;
        default:
            return false;
    }
}

bool is_described_without_packets(const AVCodecParameters& codec) noexcept {
    switch (codec.codec_id) {
        case AV_CODEC_ID_AC3:
        case AV_CODEC_ID_EAC3:
        case AV_CODEC_ID_TRUEHD:
        case AV_CODEC_ID_DNXHD:
        case AV_CODEC_ID_VC1:
            return false;
        default:
            return codec.extradata_size > 0 || !needs_extradata(codec.codec_id);
    }
}

bool has_whole_units(const AVPacket& packet, const AVCodecParameters& codec) noexcept {
    const std::size_t length = length_size(codec);
    if (length == 0) return true;
    return for_each_unit(as_bytes_of(packet.data, packet.size), length, [](byte_view) {});
}

bool has_parameter_sets_apart(const AVCodecParameters& codec) {
    if (codec.codec_id != AV_CODEC_ID_HEVC) return false;
    const byte_view extradata = extradata_of(codec);
    return is_record(extradata) ? record_has_all(extradata) : start_codes_have_all(extradata);
}

std::vector<std::uint8_t> complete_hvcc(const AVCodecParameters& codec, const AVPacket& packet) {
    const byte_view record = extradata_of(codec);
    if (codec.codec_id != AV_CODEC_ID_HEVC || !is_record(record)) return {};
    std::array<std::pair<int, std::vector<byte_view>>, 3> sets{{{vps, {}}, {sps, {}}, {pps, {}}}};
    for_each_unit(as_bytes_of(packet.data, packet.size), length_size(codec), [&](byte_view unit) {
        for (auto& [type, units] : sets)
            if (hevc_type(unit) == type && unit.size() <= 0xffff) units.push_back(unit);
    });
    std::vector<std::uint8_t> made(codec.extradata, codec.extradata + hvcc_header);
    made.push_back(static_cast<std::uint8_t>(sets.size()));
    for (const auto& [type, units] : sets) {
        if (units.empty()) return {};
        made.push_back(static_cast<std::uint8_t>(0x80 | type));
        made.push_back(static_cast<std::uint8_t>(units.size() >> 8));
        made.push_back(static_cast<std::uint8_t>(units.size()));
        for (const byte_view unit : units) {
            made.push_back(static_cast<std::uint8_t>(unit.size() >> 8));
            made.push_back(static_cast<std::uint8_t>(unit.size()));
            for (const std::byte each : unit)
                made.push_back(std::to_integer<std::uint8_t>(each));
        }
    }
    return made;
}

void read_vp9_format(AVCodecParameters& codec, const AVPacket& packet) noexcept {
    if (codec.codec_id != AV_CODEC_ID_VP9 || codec.format != AV_PIX_FMT_NONE) return;
    bit_reader bits(as_bytes_of(packet.data, packet.size));
    if (bits.read(2) != 2) return;
    unsigned profile = bits.read(1);
    profile |= bits.read(1) << 1;
    if (profile == 3) bits.read(1);
    if (bits.read(1) || bits.read(1)) return;  // shows an earlier picture, or is no key frame
    bits.read(2);
    constexpr unsigned sync_code = 0x498342;
    if (bits.read(24) != sync_code) return;
    const int depth = profile >= 2 ? (bits.read(1) ? 12 : 10) : 8;
    constexpr unsigned rgb = 7;
    bool half_width = true;
    bool half_height = true;
    if (bits.read(3) == rgb) {
        half_width = half_height = false;
    } else {
        codec.color_range = bits.read(1) ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
        if (profile & 1) {
            half_width = bits.read(1);
            half_height = bits.read(1);
        }
    }
    codec.format = vp9_format(depth, half_width, half_height);
    codec.profile = static_cast<int>(profile);
}

bool has_vp9_configuration(const AVCodecParameters& codec) noexcept {
    if (codec.codec_id != AV_CODEC_ID_VP9) return true;
    int width = 0;
    int height = 0;
    if (av_pix_fmt_get_chroma_sub_sample(static_cast<AVPixelFormat>(codec.format), &width, &height) < 0)
        return false;
    return width == 1 || height == 0;  // 4:2:0, 4:2:2, 4:4:4, not 4:4:0
}

}  // namespace mtproto::remuxing
