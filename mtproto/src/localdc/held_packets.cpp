// Holding, overtaking, letting go.
#include "localdc/held_packets.hpp"

#include <iterator>
#include <utility>

namespace mtproto::localdc {
namespace {

// Held back at once, as bytes: what comes beyond it is not held.
constexpr std::size_t most_bytes = 8u << 20;

}  // namespace

bool held_packets::takes(std::size_t size) const noexcept {
    return bytes_ + size <= most_bytes;
}

void held_packets::add(held packet, time_point until) {
    bytes_ += packet.data.size;
    packets_.emplace(until, std::move(packet));
}

bool held_packets::overtake(traffic::direction way, time_point now) {
    bool any = false;
    for (auto each = packets_.begin(); each != packets_.end();) {
        const auto next = std::next(each);
        if (each->second.way == way && std::exchange(each->second.until_overtaken, false)) {
            auto taken = packets_.extract(each);
            taken.key() = now;
            packets_.insert(std::move(taken));
            any = true;
        }
        each = next;
    }
    return any;
}

std::optional<held_packets::held> held_packets::take_due(time_point now) {
    if (packets_.empty() || packets_.begin()->first > now) return std::nullopt;
    held due = std::move(packets_.begin()->second);
    packets_.erase(packets_.begin());
    bytes_ -= due.data.size;
    return due;
}

std::optional<time_point> held_packets::next() const {
    if (packets_.empty()) return std::nullopt;
    return packets_.begin()->first;
}

}  // namespace mtproto::localdc
