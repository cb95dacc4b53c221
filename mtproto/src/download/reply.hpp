// The answer to a request for a file: what was asked for, a failure, or another place to ask at.
#pragma once

#include "download/place.hpp"

#include <mtproto/error.hpp>

#include <boost/system/result.hpp>

#include <utility>
#include <variant>

namespace mtproto::download {

/// The file is to be asked for at another place.
struct moved {
    moved(place where, failure reason) : to(std::move(where)), why(std::move(reason)) {}

    place to;
    /// The error that led there: an RPC error, or a cdn_errc of a CDN that is left. No code: a redirect.
    failure why;
};

using no_reply = std::variant<failure, moved>;

template <class T>
using reply = boost::system::result<T, no_reply>;

}  // namespace mtproto::download
