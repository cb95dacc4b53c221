// Answers in the layer that a client speaks: those that changed since layer 144.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/tl_api.hpp>

#include <vector>

namespace mtproto::localdc {

/// The newest layer, which everything is made in.
inline constexpr int newest_layer = 223;

/// Whether answers can be made for it: 144 and 198, and from 223 on. Clients of others would get constructors
/// that they do not know.
bool knows_layer(int layer) noexcept;

/// The answer for a client of `layer`, one that is known. Only the fields that a local data centre fills are
/// carried over.
bytes encode_for(int layer, const tl::config& answer);
bytes encode_for(int layer, const tl::auth::authorization& answer);
bytes encode_for(int layer, const tl::account::password& answer);
bytes encode_for(int layer, const tl::contacts::resolvedPeer& answer);
bytes encode_for(int layer, const tl::messages::messages& answer);
bytes encode_for(int layer, const tl::messages::channelMessages& answer);
bytes encode_for(int layer, const tl::messages::chats& answer);
bytes encode_for(int layer, const tl::messages::dialogs& answer);
bytes encode_for(int layer, const std::vector<tl::User>& answer);
bytes encode_for(int layer, const tl::users::userFull& answer);

}  // namespace mtproto::localdc
