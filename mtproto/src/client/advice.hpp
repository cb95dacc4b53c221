// What to do about a failed request, in the words of rpc.
#pragma once

#include "rpc/classify.hpp"

#include <mtproto/error.hpp>

namespace mtproto::core {

/// rpc::classify for a failure; `fail` for one that is no RPC error.
inline rpc::advice advice_on(const failure& what, bool on_home_dc) {
    if (what.code != make_error_code(errc::rpc_error)) return {};
    rpc::rpc_error error;
    error.code = what.rpc_code;
    error.type = what.rpc_type;
    error.value = what.value;
    return rpc::classify(error, on_home_dc);
}

/// A 401 in the library's own words; the server's stay in the failure.
inline failure not_logged_in(failure what) {
    what.code = make_error_code(errc::not_authorized);
    what.detail = what.rpc_type + ", log in first";
    return what;
}

}  // namespace mtproto::core
