// What to do about a failed request, in the words of rpc.
#pragma once

#include "net/rpc_failure.hpp"

#include <mtproto/error.hpp>

namespace mtproto::core {

using net::advice_on;

/// A 401 in the library's own words; the server's stay in the failure.
inline failure not_logged_in(failure what) {
    what.code = make_error_code(errc::not_authorized);
    what.detail = what.rpc_type + ", log in first";
    return what;
}

}  // namespace mtproto::core
