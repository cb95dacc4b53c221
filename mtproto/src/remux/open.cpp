// Which containers are opened, and that nothing else is.
#include "remux/open.hpp"

namespace mtproto::remuxing {
namespace {

/// By libavformat's names. All of them are read from the one file; those that may name others (mov's data
/// references) are held back by refuse().
constexpr const char* containers =
    "matroska,mov,mpegts,mpeg,avi,flv,live_flv,kux,asf,asf_o,ogg,rm,ivr,mxf,gxf,nut,wtv,dv,nsv,ivf,obu,pva,"
    "h261,h263,h264,hevc,mpegvideo,m4v,av1,vc1,mjpeg,"
    "mp3,aac,loas,ac3,eac3,dts,dtshd,truehd,mlp,flac,wav,w64,aiff,caf,au,amr,amrnb,amrwb,tta,wv,ape,mpc,mpc8,"
    "tak,dsf,ac4,codec2,oma,voc,qcp,spdif";
/// av_match_list() wants a list, and this is the name of no protocol.
constexpr const char* no_protocol = "none";

int refuse(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
    return AVERROR(EPERM);
}

}  // namespace

int open_self_contained(AVFormatContext*& made, const char* name) {
    made->flags |= AVFMT_FLAG_CUSTOM_IO;
    made->io_open = refuse;
    dictionary options;
    options.set("format_whitelist", containers);
    options.set("protocol_whitelist", no_protocol);
    options.set("scan_all_pmts", "1");  // as the ffmpeg program; of MPEG-TS alone
    return avformat_open_input(&made, name, nullptr, options.out());
}

int open_written(AVFormatContext*& made, const char* container) {
    made->flags |= AVFMT_FLAG_CUSTOM_IO;
    made->io_open = refuse;
    dictionary options;
    options.set("ignore_editlist", "1");  // of MP4 alone
    return avformat_open_input(&made, "", av_find_input_format(container), options.out());
}

}  // namespace mtproto::remuxing
