// Tells the watch of floods about each query.
#pragma once

#include "localdc/call.hpp"

namespace mtproto::localdc {

/// A query is looked at as it comes, whatever becomes of it. `begins`: nothing was answered on
/// its connection yet.
void watch_floods(call& now, const query_result& answered, bool begins);

}  // namespace mtproto::localdc
