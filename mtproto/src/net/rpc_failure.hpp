// RPC errors as failures, and what rpc advises on them.
#pragma once

#include "rpc/classify.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace mtproto::net {

inline failure failure_of(const rpc::rpc_error& error) {
    failure told(errc::rpc_error);
    told.rpc_code = error.code;
    told.rpc_type = error.type;
    told.value = error.value;
    return told;
}

/// A flood wait that holds until `until`, as the server would tell one that asked at `now`.
inline failure rest_of_wait(time_point until, time_point now) {
    const auto rest = std::chrono::ceil<std::chrono::seconds>(until - now);
    return failure_of({420, "FLOOD_WAIT", static_cast<int>(std::max<std::int64_t>(rest.count(), 1))});
}

/// rpc::classify for a failure; `fail` for one that is no RPC error.
inline rpc::advice advice_on(const failure& what, bool on_home_dc) {
    if (what.code != make_error_code(errc::rpc_error)) return {};
    rpc::rpc_error error;
    error.code = what.rpc_code;
    error.type = what.rpc_type;
    error.value = what.value;
    return rpc::classify(error, on_home_dc);
}

}  // namespace mtproto::net
