// What codecs have to be told of before their packets, and where that stands.
#pragma once

#include "remux/libav.hpp"

#include <mtproto/bytes.hpp>

#include <vector>

namespace mtproto::remuxing {

/// What libavformat has as bytes of its own type.
inline byte_view as_bytes_of(const std::uint8_t* data, int size) noexcept {
    return {reinterpret_cast<const std::byte*>(data), static_cast<std::size_t>(size < 0 ? 0 : size)};
}

/// Whether the file told what is needed to describe the stream at all.
bool is_described(const AVCodecParameters& codec) noexcept;

/// Whether nobody can decode the codec without what stands before its packets.
bool needs_extradata(AVCodecID codec) noexcept;

/// Whether MP4 can describe the codec without having seen a packet of it.
bool is_described_without_packets(const AVCodecParameters& codec) noexcept;

/// Whether a packet of H.264 or HEVC, in the form that MP4 and Matroska have, is a row of whole units. Always
/// of other codecs.
bool has_whole_units(const AVPacket& packet, const AVCodecParameters& codec) noexcept;

/// HEVC whose parameter sets all stand before the packets, be it as start codes or as an hvcC record.
bool has_parameter_sets_apart(const AVCodecParameters& codec);

/// An hvcC record with the parameter sets of `packet` for one that has none; empty where there are none.
std::vector<std::uint8_t> complete_hvcc(const AVCodecParameters& codec, const AVPacket& packet);

/// Takes from a key frame of VP9 how its pictures are stored, where that is not known.
void read_vp9_format(AVCodecParameters& codec, const AVPacket& packet) noexcept;

/// Whether an index of MP4 has a word for how these pictures of VP9 are stored.
bool has_vp9_configuration(const AVCodecParameters& codec) noexcept;

}  // namespace mtproto::remuxing
