// The protocol's own messages: acknowledgements, pings, salts, states, resending (protocol 5).
#pragma once

#include "localdc/connection_parts.hpp"
#include "localdc/data_centre.hpp"

#include <mtproto/bytes.hpp>

#include <cstdint>

namespace mtproto::localdc {

/// Whether a message of this constructor is the protocol's own.
bool is_service(std::uint32_t id);

struct service_call {
    const connection_parts& connection;
    const session_context& context;
    std::int64_t msg_id = 0;
    const bytes& body;

    void answer(bytes boxed) const;
};

/// Does what a message asks for that is_service(). One that does not decode is dropped, as by Telegram.
void handle_service(const service_call& call);

}  // namespace mtproto::localdc
