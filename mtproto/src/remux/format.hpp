// The container that is written: libavformat's muxer, and what it can do.
#pragma once

#include "remux/libav.hpp"

#include <mtproto/sink/remux.hpp>

#include <string>
#include <vector>

namespace mtproto::remuxing {

struct output_format {
    const char* muxer = "mp4";  ///< libavformat's name
    const char* name = "MP4";   ///< for people
    bool live = false;          ///< it goes out as it comes: nothing is sought, nothing comes later
    bool isom = true;           ///< MP4 and its kin: samples are described by an index

    /// Packets that only serve to decode others may be marked as not to be shown.
    bool hides_packets() const noexcept { return isom && !live; }
};

/// `live`: for the containers that can be both, a file and a stream.
output_format format_for(sink::container what, bool live) noexcept;

bool can_carry(const output_format& format, const AVCodecParameters& codec);

/// "Matroska and WebM": the containers that can carry all of these; empty for none.
std::string carriers_of(const std::vector<const AVCodecParameters*>& codecs);

}  // namespace mtproto::remuxing
