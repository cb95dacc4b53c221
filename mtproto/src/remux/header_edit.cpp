// Copies boxes, but for some.
#include "remux/header_edit.hpp"

#include "remux/boxes.hpp"

#include <algorithm>

namespace mtproto::remuxing {
namespace {

using numbers = std::vector<std::uint32_t>;

/// The number of the track in a trak; 0 for none.
std::uint32_t track_of(byte_view trak) {
    std::uint32_t found = 0;
    for_each_box(trak, [&](const box& each) {
        if (each.type != "tkhd" || each.inside.size() < 24) return;
        const bool wide_times = each.inside[0] == std::byte{1};
        found = number_at(each.inside, wide_times ? 20 : 12);
    });
    return found;
}

bool is_named(const numbers& tracks, std::uint32_t track) {
    return std::find(tracks.begin(), tracks.end(), track) != tracks.end();
}

void copy(byte_view boxes, const numbers& tracks, std::vector<std::byte>& to) {
    for_each_box(boxes, [&](const box& each) {
        if (each.type == "trak" && is_named(tracks, track_of(each.inside))) return;
        if (each.type == "trex" && each.inside.size() >= 8 && is_named(tracks, number_at(each.inside, 4)))
            return;
        const std::size_t begin = to.size();
        if (each.type != "moov" && each.type != "mvex") {
            to.insert(to.end(), each.whole.begin(), each.whole.end());
            return;
        }
        to.insert(to.end(), each.whole.begin(), each.whole.begin() + box_header);
        copy(each.inside, tracks, to);
        const std::size_t size = to.size() - begin;
        for (std::size_t i = 0; i < 4; ++i)
            to[begin + i] = static_cast<std::byte>(size >> (24 - 8 * i));
    });
}

}  // namespace

std::vector<std::byte> without_tracks(byte_view header, const numbers& tracks) {
    std::vector<std::byte> made;
    made.reserve(header.size());
    copy(header, tracks, made);
    return made;
}

}  // namespace mtproto::remuxing
