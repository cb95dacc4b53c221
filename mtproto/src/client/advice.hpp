// Advice on failed requests, in the words of rpc.
#pragma once

#include "net/rpc_failure.hpp"

#include <mtproto/error.hpp>

namespace mtproto::core {

using net::advice_on;

/// A 401 in the library's own words; the server's stay in the failure.
inline failure not_logged_in(failure why) {
    why.code = make_error_code(errc::not_authorized);
    why.detail = why.rpc_type + ", log in first";
    return why;
}

}  // namespace mtproto::core
