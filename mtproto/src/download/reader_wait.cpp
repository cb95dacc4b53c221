// Tells floods at once, outages after a second, silence after five.
#include "download/reader_wait.hpp"

#include "client/wait_list.hpp"

namespace mtproto::download {

std::optional<wait_info> reader_wait::present(time_point now, wait_view& of, bool asked) const {
    const duration waited = now - *since_;
    if (paused_ || (!of.flooded(now) && waited < core::wait_list::look_again)) return std::nullopt;
    std::optional<wait_info> known = of.wait(now);
    if (known && known->kind != wait_kind::silence) return known;
    // Who waits for a turn or for room among other streams waits for no server.
    if (!asked || waited < core::wait_list::patience) return std::nullopt;
    wait_info silence = known.value_or(wait_info());
    silence.begin = *since_;
    return silence;
}

}  // namespace mtproto::download
