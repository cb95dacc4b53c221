// Which muxer makes which container.
#include "remux/format.hpp"

#include "remux/parameters.hpp"
#include "remux/streams.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace mtproto::remuxing {

output_format format_for(sink::container what, bool live) noexcept {
    switch (what) {
        case sink::container::mp4:
            return {"mp4", "MP4", false, true};
        case sink::container::fragmented_mp4:
            return {"mp4", "MP4", true, true};
        case sink::container::mov:
            return {"mov", "MOV", false, true};
        case sink::container::fragmented_mov:
            return {"mov", "MOV", true, true};
        case sink::container::matroska:
            return {"matroska", "Matroska", live, false};
        case sink::container::webm:
            return {"webm", "WebM", live, false};
    }
    return {};
}

bool can_carry(const output_format& format, const AVCodecParameters& codec) {
    const AVOutputFormat* muxer = av_guess_format(format.muxer, nullptr, nullptr);
    if (!muxer || avformat_query_codec(muxer, codec.codec_id, compliance) != 1) return false;
    if (!format.isom) return true;
    if (codec.codec_id == AV_CODEC_ID_VP9 && codec.format != AV_PIX_FMT_NONE && !has_vp9_configuration(codec))
        return false;
    // MOV's muxer knows their tags and refuses them.
    const std::array mp4_alone{AV_CODEC_ID_VP9,  AV_CODEC_ID_AV1,    AV_CODEC_ID_FLAC,
                               AV_CODEC_ID_OPUS, AV_CODEC_ID_TRUEHD, AV_CODEC_ID_MPEGH_3D_AUDIO};
    return std::string_view(format.muxer) == "mp4" ||
           std::find(mp4_alone.begin(), mp4_alone.end(), codec.codec_id) == mp4_alone.end();
}

std::string carriers_of(const std::vector<const AVCodecParameters*>& codecs) {
    std::vector<std::string> able;
    for (const sink::container each :
         {sink::container::mp4, sink::container::matroska, sink::container::webm, sink::container::mov}) {
        const output_format format = format_for(each, false);
        if (std::all_of(codecs.begin(), codecs.end(),
                        [&](const AVCodecParameters* codec) { return can_carry(format, *codec); }))
            able.emplace_back(format.name);
    }
    std::string text;
    for (std::size_t i = 0; i < able.size(); ++i)
        text += (i == 0 ? "" : i + 1 == able.size() ? " and " : ", ") + able[i];
    return text;
}

}  // namespace mtproto::remuxing
