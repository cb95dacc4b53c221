// The local data centre as clients of tests see it.
#pragma once

#include <mtproto/local_dc.hpp>

namespace mtproto::test {

using mtproto::servers_of;

}  // namespace mtproto::test
