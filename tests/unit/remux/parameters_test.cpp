// Small readers: parameter sets, units, sizes that headers promise, boxes of fragments.
#include "remux/parameters.hpp"

#include "remux/header_edit.hpp"
#include "remux/promised_size.hpp"
#include "remux/read_back.hpp"
#include "unit/remux/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace mtproto;
using namespace mtproto::remuxing;
using namespace mtproto::test;

namespace {

using octets = std::vector<std::uint8_t>;

struct codec_deleter {
    void operator()(AVCodecParameters* codec) const noexcept { avcodec_parameters_free(&codec); }
};
using codec_pointer = std::unique_ptr<AVCodecParameters, codec_deleter>;

codec_pointer codec_of(AVCodecID id, const octets& extradata = {}) {
    codec_pointer made(avcodec_parameters_alloc());
    made->codec_id = id;
    made->format = -1;
    made->extradata = static_cast<std::uint8_t*>(av_mallocz(extradata.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    std::copy(extradata.begin(), extradata.end(), made->extradata);
    made->extradata_size = static_cast<int>(extradata.size());
    return made;
}

packet_pointer packet_of(const octets& data) {
    packet_pointer made(av_packet_alloc());
    REQUIRE(av_new_packet(made.get(), static_cast<int>(data.size())) == 0);
    std::copy(data.begin(), data.end(), made->data);
    return made;
}

/// An hvcC record without parameter sets, whose packets have lengths of four bytes.
octets empty_record() {
    octets made(23, 0);
    made[0] = 1;
    made[21] = 3;
    return made;
}

std::vector<std::byte> bytes_of(const octets& data) {
    const byte_view view = as_bytes_of(data.data(), static_cast<int>(data.size()));
    return {view.begin(), view.end()};
}

std::vector<std::byte> box_of(const std::string& type, const std::vector<std::byte>& inside) {
    std::vector<std::byte> made;
    const std::size_t size = inside.size() + 8;
    for (int shift = 24; shift >= 0; shift -= 8)
        made.push_back(static_cast<std::byte>(size >> shift));
    for (const char letter : type)
        made.push_back(static_cast<std::byte>(letter));
    made.insert(made.end(), inside.begin(), inside.end());
    return made;
}

std::vector<std::byte> joined(std::vector<std::byte> first, const std::vector<std::byte>& then) {
    first.insert(first.end(), then.begin(), then.end());
    return first;
}

}  // namespace

TEST_CASE("parameters: HEVC's sets in the packets make a record of their own") {
    const octets key{0, 0, 0, 3, 0x40, 1, 0xaa, 0, 0, 0, 3, 0x42, 1, 0xbb,
                     0, 0, 0, 3, 0x44, 1, 0xcc, 0, 0, 0, 2, 0x26, 1};
    const auto apart = codec_of(AV_CODEC_ID_HEVC, empty_record());
    CHECK_FALSE(has_parameter_sets_apart(*apart));
    const octets record = complete_hvcc(*apart, *packet_of(key));
    REQUIRE(record.size() == 23 + 3 * 8);
    CHECK(has_parameter_sets_apart(*codec_of(AV_CODEC_ID_HEVC, record)));
    CHECK(complete_hvcc(*apart, *packet_of({0, 0, 0, 2, 0x26, 1})).empty());
    const octets start_codes{0, 0, 0, 1, 0x40, 1, 0, 0, 1, 0x42, 1, 0, 0, 1, 0x44, 1, 0};
    CHECK(has_parameter_sets_apart(*codec_of(AV_CODEC_ID_HEVC, start_codes)));
    CHECK_FALSE(has_parameter_sets_apart(*codec_of(AV_CODEC_ID_HEVC, {0, 0, 0, 1, 0x40, 1, 0})));
}

TEST_CASE("parameters: a packet whose units do not fill it is damaged") {
    const auto codec = codec_of(AV_CODEC_ID_HEVC, empty_record());
    CHECK(has_whole_units(*packet_of({0, 0, 0, 2, 0x26, 1}), *codec));
    CHECK_FALSE(has_whole_units(*packet_of({0, 0, 0, 3, 0x26, 1}), *codec));
    CHECK_FALSE(has_whole_units(*packet_of({0, 0, 0, 2, 0x26, 1, 0, 0, 0, 0}), *codec));
    CHECK_FALSE(has_whole_units(*packet_of({0, 0, 0, 2, 0x26, 1, 0}), *codec));
    CHECK(has_whole_units(*packet_of({7, 7, 7, 7}), *codec_of(AV_CODEC_ID_AAC)));
}

TEST_CASE("parameters: how VP9's pictures are stored stands in its key frames") {
    struct kind {
        octets frame;
        AVPixelFormat format;
    };
    const std::vector<kind> kinds{
        {{0x82, 0x49, 0x83, 0x42, 0x20, 0}, AV_PIX_FMT_YUV420P},    // profile 0
        {{0xa2, 0x49, 0x83, 0x42, 0x20, 0}, AV_PIX_FMT_YUV444P},    // profile 1, no subsampling
        {{0x92, 0x49, 0x83, 0x42, 0x10, 0}, AV_PIX_FMT_YUV420P10},  // profile 2, ten bits
        {{0x92, 0x49, 0x83, 0x42, 0x90, 0}, AV_PIX_FMT_YUV420P12},  // twelve
        {{0x86, 0x49, 0x83, 0x42, 0x20, 0}, AV_PIX_FMT_NONE},       // no key frame
        {{0x82, 0x49, 0x83, 0x43, 0x20, 0}, AV_PIX_FMT_NONE},      {{}, AV_PIX_FMT_NONE},
    };
    for (const kind& each : kinds) {
        const auto codec = codec_of(AV_CODEC_ID_VP9);
        read_vp9_format(*codec, *packet_of(each.frame));
        CHECK(codec->format == each.format);
        CHECK(has_vp9_configuration(*codec) == (each.format != AV_PIX_FMT_NONE));
    }
    const auto unnamed = codec_of(AV_CODEC_ID_VP9);
    unnamed->format = AV_PIX_FMT_YUV440P12;
    CHECK_FALSE(has_vp9_configuration(*unnamed));
}

TEST_CASE("promised sizes: RIFF, Matroska and ASF, and none where the writer did not know") {
    CHECK(promised_size(bytes_of({'R', 'I', 'F', 'F', 0x10, 0x20, 0, 0, 'A', 'V', 'I', ' '})) == 0x2018);
    CHECK(promised_size(bytes_of({'R', 'I', 'F', 'F', 0xff, 0xff, 0xff, 0xff, 'W', 'A', 'V', 'E'})) == 0);
    const octets ebml{0x1a, 0x45, 0xdf, 0xa3, 0x82, 7, 7, 0x18, 0x53, 0x80, 0x67};
    const auto segment = [&](const octets& size) {
        octets all = ebml;
        all.insert(all.end(), size.begin(), size.end());
        return bytes_of(all);
    };
    CHECK(promised_size(segment({0x41, 0x00})) == 11 + 2 + 0x100);
    CHECK(promised_size(segment({0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})) == 0);
    CHECK(promised_size(segment({})) == 0);
    CHECK(promised_size(segment({0x00})) == 0);
    CHECK(promised_size({}) == 0);
    CHECK(promised_size(bytes_of({'I', 'D', '3'})) == 0);
    for (std::size_t i = 0; i < ebml.size(); ++i)
        CHECK(promised_size(bytes_of({ebml.begin(), ebml.begin() + static_cast<std::ptrdiff_t>(i)})) == 0);
}

TEST_CASE("read back: samples of fragments are counted by track, however their bytes come") {
    const auto tfhd = box_of("tfhd", bytes_of({0, 0, 0, 0, 0, 0, 0, 2}));
    const auto trun = box_of("trun", bytes_of({0, 0, 0, 0, 0, 0, 0, 5}));
    const auto moof = box_of("moof", box_of("traf", joined(joined(tfhd, trun), trun)));
    const auto all = joined(joined(box_of("ftyp", bytes_of({1, 2, 3})), moof),
                            joined(box_of("mdat", bytes_of({'m', 'o', 'o', 'f'})), moof));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, all.size()}) {
        sample_counter counter;
        for (std::size_t at = 0; at < all.size(); at += piece)
            counter.read(byte_view(all).subspan(at, std::min(piece, all.size() - at)));
        CHECK(counter.samples_of(2) == 20);
        CHECK(counter.samples_of(1) == 0);
    }
}

TEST_CASE("header edit: the track of a cover goes, with what announces its fragments") {
    const auto trak = [](std::uint8_t number) {
        octets tkhd(84, 0);
        tkhd[15] = number;
        return box_of("trak", box_of("tkhd", bytes_of(tkhd)));
    };
    const auto trex = [](std::uint8_t number) {
        return box_of("trex", bytes_of({0, 0, 0, 0, 0, 0, 0, number}));
    };
    const auto whole =
        box_of("moov", joined(joined(trak(1), trak(2)), box_of("mvex", joined(trex(1), trex(2)))));
    const auto wanted = box_of("moov", joined(trak(1), box_of("mvex", trex(1))));
    CHECK(without_tracks(whole, {2}) == wanted);
    CHECK(without_tracks(whole, {}) == whole);
}
