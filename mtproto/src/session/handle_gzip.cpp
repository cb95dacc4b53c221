// gzip_packed around a single message (protocol 5.2).
#include "session/session.hpp"

#include <utility>

namespace mtproto::session {

void session::handle_gzip(const incoming& message) {
    incoming inner = message;
    auto inflated = wire::unpack_gzip(message.body, *message.inflating);
    if (!inflated) return break_line(errc::bad_message, "a malformed gzip_packed");
    inner.body = std::move(*inflated);
    inner.seqno = message.seqno & ~1;  // acknowledged already
    switch (wire::constructor_of(inner.body)) {
        case wire::msg_container_id:
        case wire::gzip_packed_id:
            return break_line(errc::bad_message, "a wrapper inside gzip_packed");
        default:
            dispatch(inner);
    }
}

}  // namespace mtproto::session
