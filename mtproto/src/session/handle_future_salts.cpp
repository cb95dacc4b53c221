// future_salts: the salts of the coming hours (protocol 5.9).
#include "session/read_message.hpp"

#include <utility>

namespace mtproto::session {

void session::handle_future_salts(const incoming& message) {
    const auto answer = read<tl::future_salts>(message);
    if (!answer) return;
    std::vector<salt> future;
    future.reserve(answer->salts.size());
    for (const auto& each : answer->salts)
        future.push_back({each.salt, each.valid_since, each.valid_until});
    salts_.add(future, server_time(message.unix_now));
    events_.push_back(salts_changed{});
}

}  // namespace mtproto::session
