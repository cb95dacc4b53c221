// Small videos made on the spot, and what is in a container.
#pragma once

#include <mtproto/bytes.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mtproto::test {

struct sample {
    std::string format = "matroska";  ///< libavformat's name
    std::string video = "libx264";    ///< an encoder's name; empty for none
    std::string audio = "aac";        ///< empty for none
    std::string second_audio = {};    ///< another sound track; empty for none
    double second_begins = 0;         ///< seconds into the file
    bool subtitles = false;           ///< SubRip, in MP4 its own
    int frames = 75;                  ///< at 25 a second
    int b_frames = 2;
    int width = 160;
    bool noisy = false;     ///< large packets, for the encoder mpeg4
    double start = 0;       ///< seconds, of all streams
    double audio_late = 0;  ///< seconds that sound begins after pictures
    bool tags = false;      ///< title, languages, chapters
};

/// The bytes of such a file.
std::vector<std::byte> make_sample(const sample& how);

struct packet_facts {
    std::int64_t pts = 0;       ///< microseconds
    std::int64_t dts = 0;       ///< microseconds
    std::int64_t duration = 0;  ///< microseconds
    bool key = false;
    bool hidden = false;  ///< a list of edits hides it
    std::size_t size = 0;
    std::uint64_t hash = 0;
};

struct stream_facts {
    std::string type;
    std::string codec;
    std::string tag;  ///< the container's four letters for the codec
    std::string language;
    bool is_default = false;
    std::vector<packet_facts> packets;
};

struct file_facts {
    std::string format;
    std::string title;
    std::vector<std::string> chapters;
    std::vector<stream_facts> streams;
    const stream_facts* find(const std::string& type) const;
};

/// All that libavformat reads out of `file`; times are as it tells them.
file_facts inspect(byte_view file);

}  // namespace mtproto::test
