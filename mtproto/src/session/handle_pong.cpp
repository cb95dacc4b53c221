// pong: the link is alive, and the packet's msg_id is the server's time of just now (protocol 4.5, 5.10).
#include "session/read_message.hpp"

#include <algorithm>

namespace mtproto::session {
namespace {

// A pong that waited longer behind other data tells the time too badly: what comes when the link is clear
// again would seem to be from the future (protocol 4.5). Nor does it tell how long the way is.
constexpr duration most_round_trip = std::chrono::seconds(10);

}  // namespace

void session::handle_pong(const incoming& message) {
    const auto pong = read<tl::pong>(message);
    if (!pong) return;
    const auto ping = std::find_if(pings_.begin(), pings_.end(),
                                   [&](const ping_under_way& each) { return each.ping_id == pong->ping_id; });
    if (ping == pings_.end()) return;
    const duration round_trip = message.now - ping->sent;
    pings_.erase(pings_.begin(), ping + 1);  // of those before it the pongs are late or lost: nobody waits
    complaints_ = 0;
    if (round_trip > most_round_trip) return;
    round_trip_ = synchronised_ ? std::min(round_trip_.value_or(round_trip), round_trip) : round_trip;
    if (synchronised_) return;
    synchronised_ = true;
    synchronised_at_ = message.now;
    synchronised_unix_ = message.unix_now;
    force_time(message.packet_id, message.unix_now);
}

}  // namespace mtproto::session
