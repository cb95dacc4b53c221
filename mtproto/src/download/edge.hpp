// The public edge, as this room calls it.
#pragma once

#include "io/edge.hpp"

namespace mtproto::download {

using io::failure_of;
using io::without_throwing;

}  // namespace mtproto::download
