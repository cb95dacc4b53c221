// The way to the data centres, as the configuration states it.
#pragma once

#include "net/route.hpp"

#include <mtproto/config.hpp>

namespace mtproto::core {

/// errc::bad_argument for a proxy that makes no sense, or what cannot go together.
outcome<net::route> route_of(const config& settings);

}  // namespace mtproto::core
