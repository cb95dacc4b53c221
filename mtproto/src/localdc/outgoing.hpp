// A message, packet or acknowledgement that waits to be sent over a connection.
#pragma once

#include "localdc/answer.hpp"
#include "localdc/data_centre.hpp"
#include "wire/packet.hpp"

#include <cstdint>

namespace mtproto::localdc {

struct outgoing {
    enum class kind { sealed, payload, quick_ack };

    kind type = kind::sealed;
    time_point entered{};  ///< when it was handed to the path

    // A message of a session:
    message content{};
    session_context context{};
    // A packet that is ready (the key exchange's, or a transport error):
    wire::packet payload{};
    const traffic::fault* fault = nullptr;  ///< that it is to meet with
    bool was_held = false;                  ///< by a fault; it meets with no other
    // A quick acknowledgement:
    std::uint32_t token = 0;

    /// About as many bytes as it takes on the path.
    std::size_t size() const;
};

}  // namespace mtproto::localdc
