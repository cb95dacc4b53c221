// Encoding for the newest layer; older ones are translated.
#include "localdc/layers.hpp"

#include <mtproto/tl/codec.hpp>

namespace mtproto::localdc {

bytes encode_for(int, const tl::config& a) {
    return tl::encode(a);
}
bytes encode_for(int, const tl::auth::authorization& a) {
    return tl::encode(a);
}
bytes encode_for(int, const tl::account::password& a) {
    return tl::encode(a);
}
bytes encode_for(int, const tl::contacts::resolvedPeer& a) {
    return tl::encode(a);
}
bytes encode_for(int, const tl::messages::messages& a) {
    return tl::encode(a);
}
bytes encode_for(int, const tl::messages::channelMessages& a) {
    return tl::encode(a);
}
bytes encode_for(int, const tl::messages::chats& a) {
    return tl::encode(a);
}
bytes encode_for(int, const tl::messages::dialogs& a) {
    return tl::encode(a);
}
bytes encode_for(int, const std::vector<tl::User>& a) {
    return tl::encode(a);
}

}  // namespace mtproto::localdc
