// A link with two requests under way, for what becomes of them.
#pragma once

#include "fake_server.hpp"

namespace mtproto::test {

/// Both were sent in one container: `safe` may be done twice, `once` may not.
struct two_requests : stage {
    session::request_id safe;
    session::request_id once;
    received_packet packet;

    two_requests() {
        connect();
        session::send_options idempotent;
        idempotent.idempotent = true;
        safe = under_test.send(object(1), idempotent);
        once = under_test.send(object(2));
        packet = *take();
        REQUIRE(packet.container);
        forget_events();
    }
    std::int64_t safe_id() const { return packet.id_of(object(1)); }
    std::int64_t once_id() const { return packet.id_of(object(2)); }
    void reconnect() {
        under_test.disconnected(now);
        under_test.connected(now);
    }
};

}  // namespace mtproto::test
