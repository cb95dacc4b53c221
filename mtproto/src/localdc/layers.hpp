// Answers in the layer that a client speaks: those that are not the same in all layers.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/tl_api.hpp>

#include <vector>

namespace mtproto::localdc {

/// Whether answers can be made for it: the layers of tl-schema/older.tl, the library's own, and those above
/// it. Clients of others would get constructors that they do not know.
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
bytes encode_for(int layer, const tl::messages::peerDialogs& answer);
bytes encode_for(int layer, const std::vector<tl::User>& answer);
bytes encode_for(int layer, const tl::users::userFull& answer);

}  // namespace mtproto::localdc
