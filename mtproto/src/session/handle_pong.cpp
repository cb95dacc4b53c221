// pong: the line is alive, and the packet's msg_id is the server's time of just now (protocol 4.5, 5.10).
#include "session/read_message.hpp"

namespace mtproto::session {
namespace {

// A pong that waited longer behind other data tells the time too badly: what comes when the line is clear
// again would seem to be from the future (protocol 4.5).
constexpr duration most_round_trip = std::chrono::seconds(10);

}  // namespace

void session::handle_pong(const incoming& message) {
    const auto pong = read<tl::pong>(message);
    if (!pong || !ping_ || pong->ping_id != ping_->ping_id) return;
    const duration round_trip = message.now - ping_->sent;
    ping_.reset();
    complaints_ = 0;
    if (synchronised_ || round_trip > most_round_trip) return;
    synchronised_ = true;
    force_time(message.packet_id, message.unix_now);
}

}  // namespace mtproto::session
