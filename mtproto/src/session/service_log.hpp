// The service messages that were sent lately: one that is refused must go out again, and some are answered.
#pragma once

#include <mtproto/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace mtproto::session {

enum class service : std::uint8_t {
    acks,
    drop,
    state_question,
    resend_question,
    state_reply,
    farewell,  ///< destroy_session
    salts_question,
    ping,
};

struct service_message {
    service kind = service::acks;
    std::int64_t msg_id = 0;
    std::int64_t packet_id = 0;     ///< the container it went in, or its own msg_id
    std::vector<std::int64_t> ids;  ///< what it is about: msg_ids, a session id, a ping_id
    bytes body;                     ///< of a state_reply, which nothing else remembers
};

class service_log {
  public:
    /// Of each kind so many are remembered, so that a rush of acknowledgements drives no question out: some
    /// round trips' worth, and a server refuses at once or never.
    static constexpr std::size_t capacity = 64;

    void add(service_message sent);
    /// Takes out all that a refusal of this msg_id concerns: the message itself, or a container's members.
    std::vector<service_message> take_refused(std::int64_t msg_id);
    /// Takes out the question that is answered now.
    std::optional<service_message> take_answered(std::int64_t msg_id, service kind);
    void clear() noexcept;

  private:
    static constexpr std::size_t kinds = 8;

    std::deque<service_message>& of(service kind) { return sent_[static_cast<std::size_t>(kind)]; }

    std::array<std::deque<service_message>, kinds> sent_;  // by kind, oldest first
};

}  // namespace mtproto::session
