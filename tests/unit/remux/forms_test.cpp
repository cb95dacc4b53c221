// A file and fragments are the same film: the same packets at the same times, and those of the source.
#include "unit/remux/runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace mtproto;
using namespace mtproto::test;

namespace {

using file = std::vector<std::byte>;

/// Every `from` becomes `to`, which is as long.
file replaced(file in, const std::string& from, const std::string& to) {
    const auto begin = as_bytes(std::string_view(from));
    const auto put = as_bytes(std::string_view(to));
    for (auto at = in.begin();;) {
        at = std::search(at, in.end(), begin.begin(), begin.end());
        if (at == in.end()) return in;
        at = std::copy(put.begin(), put.end(), at);
    }
}

std::uint32_t number(const file& in, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | std::to_integer<std::uint32_t>(in[at + i]);
    return value;
}

void put(file& in, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i)
        in[at + i] = static_cast<std::byte>(value >> (24 - 8 * i));
}

/// The one edit of each track of a MOV begins at `begin` and lasts `length`, in seconds.
file with_edit(file in, double begin, double length) {
    std::uint32_t scale = 1;
    for (std::size_t i = 4; i + 40 < in.size(); ++i) {
        const auto type = as_text(byte_view(in).subspan(i, 4));
        if (type == "mdhd") scale = number(in, i + 16);
        if (type != "tkhd") continue;
        for (std::size_t j = i; j + 40 < in.size(); ++j)
            if (as_text(byte_view(in).subspan(j, 4)) == "mdhd") {
                scale = number(in, j + 16);
                break;
            }
        for (std::size_t j = i; j + 24 < in.size(); ++j)
            if (as_text(byte_view(in).subspan(j, 4)) == "elst") {
                REQUIRE(number(in, j + 8) == 1);
                put(in, j + 12, static_cast<std::uint32_t>(length * 1000));
                put(in, j + 16, static_cast<std::uint32_t>(begin * scale));
                break;
            }
    }
    return in;
}

/// The presentation times of the video's packets from the `first` on, and their decode times unless `torn`,
/// are so many seconds later.
file with_jump(file in, int first, int last, int seconds, bool torn) {
    int count = 0;
    for (std::size_t packet = 0; packet + 188 <= in.size(); packet += 188) {
        const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(in[packet + i]); };
        if (!(at(1) & 0x40) || ((at(1) & 0x1f) << 8 | at(2)) != 0x100) continue;
        const std::size_t pes = 4 + (at(3) & 0x20 ? 1 + at(4) : 0);
        if (++count < first || count > last) continue;
        const unsigned flags = at(pes + 7) >> 6;
        const auto shift = [&](std::size_t i) {
            std::uint64_t time = std::uint64_t{at(i) >> 1 & 7} << 30 | at(i + 1) << 22 |
                                 (at(i + 2) >> 1) << 15 | at(i + 3) << 7 | at(i + 4) >> 1;
            time += static_cast<std::uint64_t>(seconds) * 90'000;
            const auto set = [&](std::size_t j, std::uint64_t value) {
                in[packet + i + j] = static_cast<std::byte>(value);
            };
            set(0, (at(i) & 0xf0) | (time >> 30 & 7) << 1 | 1);
            set(1, time >> 22);
            set(2, (time >> 15 & 0x7f) << 1 | 1);
            set(3, time >> 7);
            set(4, (time & 0x7f) << 1 | 1);
        };
        if (flags & 2) shift(pes + 9);
        if (flags == 3 && !torn) shift(pes + 14);
    }
    return in;
}

std::vector<std::string> listed(const std::vector<packet_facts>& packets) {
    std::vector<std::string> lines;
    for (const packet_facts& each : packets)
        lines.push_back(std::to_string(each.pts) + " " + std::to_string(each.dts) + " " +
                        std::to_string(each.size) + " " + std::to_string(each.hash));
    return lines;
}

std::vector<packet_facts> shown_of(const stream_facts& stream) {
    std::vector<packet_facts> some;
    for (const packet_facts& each : stream.packets)
        if (!each.hidden) some.push_back(each);
    return some;
}

/// Of fragments, without what stands before the beginning in place of what a file hides.
std::vector<packet_facts> shown_as(const stream_facts& stream, const stream_facts& in_file) {
    std::map<std::uint64_t, int> hidden;
    for (const packet_facts& each : in_file.packets)
        hidden[each.hash] += each.hidden;
    std::vector<packet_facts> some;
    for (const packet_facts& each : stream.packets)
        if (each.pts < 0 && hidden[each.hash] > 0)
            --hidden[each.hash];
        else
            some.push_back(each);
    return some;
}

struct both_forms {
    file_facts saved;
    file_facts live;
};

both_forms forms_of(const file& film) {
    folder where;
    script from;
    from.file = film;
    const auto saved = save_sample(from, where.path / "out.mp4");
    INFO((saved.wrong ? saved.wrong->message() : std::string()));
    REQUIRE_FALSE(saved.wrong);
    const auto live = fragment_sample(from);
    INFO((live.wrong ? live.wrong->message() : std::string()));
    REQUIRE_FALSE(live.wrong);
    return {inspect(read_file(where.path / "out.mp4")), inspect(live.whole())};
}

void compare_forms(const both_forms& forms) {
    REQUIRE(forms.saved.streams.size() == forms.live.streams.size());
    for (std::size_t i = 0; i < forms.saved.streams.size(); ++i) {
        INFO("stream ", i);
        const auto in_file = listed(shown_of(forms.saved.streams[i]));
        const auto in_fragments = listed(shown_as(forms.live.streams[i], forms.saved.streams[i]));
        CHECK(in_file.size() == in_fragments.size());
        for (std::size_t p = 0; p < std::min(in_file.size(), in_fragments.size()); ++p) {
            INFO("packet ", p);
            REQUIRE(in_file[p] == in_fragments[p]);
        }
    }
}

/// From the first packet that is shown to the last one. Seconds.
double length(const stream_facts& stream) {
    std::int64_t first = INT64_MAX;
    std::int64_t last = INT64_MIN;
    for (const packet_facts& each : stream.packets) {
        if (each.hidden) continue;
        first = std::min(first, each.pts);
        last = std::max(last, each.pts);
    }
    return static_cast<double>(last - first) / 1e6;
}

const std::string picture = "-f lavfi -i testsrc=s=64x64:d=0.04 ";
const std::string tone = "-f lavfi -i sine=d=3:r=48000 ";

}  // namespace

TEST_CASE("forms: file and fragments have the same packets at the same times, and those of the source") {
    const file transport = make_sample({.format = "mpegts"});
    const file film = make_sample({.format = "mp4"});
    const std::vector<std::pair<std::string, file>> films{
        {"MP4", film},
        {"a transport stream without access unit delimiters",
         replaced(transport, std::string("\0\0\0\1\x09\xf0", 6), std::string("\0\0\0\1\x0c\x80", 6))},
        {"AV1", made_by_ffmpeg(
                    "-f lavfi -i testsrc=s=64x64:r=25:d=2 -c:v libaom-av1 -cpu-used 8 -usage realtime -g 20",
                    "mkv")},
        {"VP9 with pictures that are not shown",
         made_by_ffmpeg("-f lavfi -i testsrc=s=64x64:r=25:d=2 -c:v libvpx-vp9 -cpu-used 8 -auto-alt-ref 1 "
                        "-lag-in-frames 16 -b:v 100k",
                        "webm")},
        {"MP3 with a picture", made_by_ffmpeg(tone + picture +
                                                  "-map 0 -map 1 -c:v png -frames:v 1 -c:a libmp3lame "
                                                  "-disposition:v attached_pic",
                                              "mp3")},
        {"Opus in fragments",
         made_by_ffmpeg(tone + "-c:a libopus -movflags empty_moov -frag_duration 500000", "mp4")},
        {"FLAC in fragments",
         made_by_ffmpeg(tone + "-c:a flac -strict -2 -movflags empty_moov -frag_duration 500000", "mp4")},
        {"H.264 and AAC in fragments",
         made_by_ffmpeg("-i IN -c copy -movflags frag_keyframe+empty_moov", "mp4", film)},
        {"H.264 without a container",
         made_by_ffmpeg("-i IN -map 0:v -c copy -f h264", "h264", make_sample({}))},
        {"AC-3 without a container", made_by_ffmpeg(tone + "-c:a ac3", "ac3")},
        {"E-AC-3 without a container", made_by_ffmpeg(tone + "-c:a eac3", "eac3")},
        {"AC-3 in RealMedia", made_by_ffmpeg(tone + "-ac 2 -c:a ac3", "rm")},
        {"chapters", make_sample({.format = "mp4", .tags = true})},
        {"pauses",
         made_by_ffmpeg("-f lavfi -i testsrc=s=64x64:r=25:d=6 -vf \"select='lt(n,20)+gt(n,90)'\" -vsync vfr "
                        "-c:v libx264 -preset ultrafast -g 10",
                        "mkv")},
        {"late pictures", make_sample({.start = 5, .audio_late = -5})},
    };
    for (const auto& [name, source] : films) {
        INFO(name);
        const both_forms forms = forms_of(source);
        compare_forms(forms);
        const file_facts before = inspect(source);
        REQUIRE(forms.saved.streams.size() >= before.streams.size());
        for (std::size_t i = 0; i < before.streams.size(); ++i)
            CHECK(before.streams[i].packets.size() == forms.saved.streams[i].packets.size());
    }
}

TEST_CASE("forms: what a list of edits hides stays hidden in fragments, and the film is as long") {
    const file film = made_by_ffmpeg(
        "-f lavfi -i testsrc=s=64x64:r=25:d=14.5 -f lavfi -i sine=d=14.5:r=48000 -c:v libx264 -preset "
        "ultrafast "
        "-g 1000 -bf 2 -c:a aac",
        "mov");
    for (const auto& [begin, seconds] :
         std::vector<std::pair<double, double>>{{4.1, 10.4}, {0.08, 10.4}, {2, 3}}) {
        INFO(begin);
        const both_forms forms = forms_of(with_edit(film, begin, seconds));
        compare_forms(forms);
        for (const file_facts* each : {&forms.saved, &forms.live})
            for (const char* type : {"video", "audio"})
                CHECK(length(*each->find(type)) == doctest::Approx(seconds).epsilon(0.02));
        // Decoding begins at the key frame, and its pictures take no time.
        CHECK(forms.live.find("video")->packets[0].key);
        CHECK(forms.live.find("video")->packets[0].pts > -100'000);
    }
}

TEST_CASE("forms: a jump in a transport stream, in either time of one packet too, makes no film longer") {
    const file transport = make_sample({.format = "mpegts"});
    for (const bool torn : {false, true})
        for (const auto& [first, last] :
             std::vector<std::pair<int, int>>{{30, 30}, {1, 1}, {40, 1000}, {75, 75}}) {
            INFO(torn, " ", first, " ", last);
            if (torn && last > first) continue;  // all of them: no jump of one time against the other
            const both_forms forms = forms_of(with_jump(transport, first, last, 1690, torn));
            for (const file_facts* each : {&forms.saved, &forms.live})
                for (const char* type : {"video", "audio"})
                    CHECK(length(*each->find(type)) < 4);
        }
}
