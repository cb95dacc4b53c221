// The wait that every choice of sources knows: its gate's.
#include "download/source_choice.hpp"

namespace mtproto::download {

std::optional<wait_info> source_choice::wait(time_point now) {
    if (!flooded(now)) return std::nullopt;
    const schedule::flood_gate& shut = gate();
    wait_info flood;
    flood.kind = wait_kind::flood;
    flood.begin = shut.flooded_at();
    flood.end = shut.not_before();
    return flood;
}

}  // namespace mtproto::download
