// Opens a file as libavformat does and reads the facts that its container states.
#include "remux/open.hpp"

#include <mtproto/probe.hpp>

#include <chrono>
#include <new>
#include <ratio>
#include <string>

namespace mtproto {

std::optional<media_facts> probe(const std::filesystem::path& path) {
    const log_sink nowhere;
    const remuxing::log_scope quiet(nowhere);
    // Named as a file, since libavformat would take a colon in a name for a protocol's.
    const std::string name = "file:" + path.string();
    AVIOContext* opened = nullptr;
    if (avio_open(&opened, name.c_str(), AVIO_FLAG_READ) < 0) return std::nullopt;
    const remuxing::opened_pointer source(opened);
    AVFormatContext* made = avformat_alloc_context();
    if (!made) throw std::bad_alloc();
    made->pb = opened;
    if (remuxing::open_self_contained(made, name.c_str()) < 0) return std::nullopt;
    const remuxing::input_pointer file(made);
    if (avformat_find_stream_info(made, nullptr) < 0) return std::nullopt;

    media_facts found;
    if (made->duration > 0)
        found.duration = std::chrono::nanoseconds(av_rescale(made->duration, std::nano::den, AV_TIME_BASE));
    const int pictures = av_find_best_stream(made, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (pictures >= 0) {
        const AVCodecParameters& codec = *made->streams[pictures]->codecpar;
        found.width = codec.width;
        found.height = codec.height;
    }
    if (found.duration <= duration{0} && pictures < 0) return std::nullopt;
    return found;
}

}  // namespace mtproto
