// Finds an account's gates, and tells its counters.
#include "pool/member.hpp"

#include "download/account_downloads.hpp"

#include <algorithm>

namespace mtproto::pooling {

schedule::flood_gate& member::gate(int dc) {
    schedule::flood_gate& found = download::downloads_of(*account).resources.gate(dc);
    gates[dc] = &found;
    return found;
}

std::optional<time_point> member::waits_until(int dc, time_point now) {
    const schedule::flood_gate& shut = gate(dc);
    if (!shut.recovering() || shut.not_before() <= now) return std::nullopt;
    return shut.not_before();
}

pool_account member::as_told(time_point now) const {
    pool_account made;
    made.name = name;
    made.serves = serves();
    made.why = why;
    made.premium = premium;
    made.bytes = bytes;
    made.streams = streams;
    made.errors = errors;
    made.rate = rate.rate();
    for (const auto& [dc, gate] : gates) {
        made.flood_waits += gate->floods();
        if (gate->recovering() && gate->not_before() > now)
            made.waits_until = std::max(made.waits_until.value_or(now), gate->not_before());
    }
    return made;
}

}  // namespace mtproto::pooling
