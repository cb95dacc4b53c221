// Advice on failed requests, in the words of rpc.
#pragma once

#include "net/rpc_failure.hpp"

#include <mtproto/error.hpp>
#include <mtproto/verdict.hpp>

#include <string>

namespace mtproto::core {

using net::advice_on;

/// A 401 in the library's own words; the server's stay in the failure.
inline failure not_logged_in(failure why) {
    const verdict known = verdict_of(why);
    why.code = make_error_code(errc::not_authorized);
    why.detail = why.rpc_type + ", log in first";
    if (!known.sentence.empty()) why.detail += ": " + std::string(known.sentence);
    return why;
}

}  // namespace mtproto::core
