// The version that the library was built as.
#include <mtproto/version.hpp>

namespace mtproto {

const char* version() noexcept {
    return MTPROTO_VERSION_STRING;
}

}  // namespace mtproto
