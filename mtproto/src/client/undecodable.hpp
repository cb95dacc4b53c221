// Answers that the library's layer of the API cannot read.
#pragma once

#include <mtproto/error.hpp>

#include <string_view>

namespace mtproto::core {

/// The failure of an authentic answer that cannot be read: `why` says where reading ended. Its rpc_type is
/// "LAYER_MISMATCH", as no one on the way can have changed it.
failure undecodable(boost::system::error_code why, std::string_view method);

}  // namespace mtproto::core
