// The wait that every source has: its gate's.
#include "download/part_source.hpp"

namespace mtproto::download {

std::optional<wait_info> part_source::wait(time_point now) {
    const schedule::flood_gate& shut = gate();
    if (!shut.recovering() || now >= shut.not_before()) return std::nullopt;
    wait_info flood;
    flood.kind = wait_kind::flood;
    flood.begin = shut.flooded_at();
    flood.end = shut.not_before();
    return flood;
}

}  // namespace mtproto::download
