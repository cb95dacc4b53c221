// The messages that a session has received: what came before, and in which order (protocol 4.4, 4.7, 5.4).
#pragma once

#include "wire/service_messages.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace mtproto::localdc {

using wire::bad_msg;

/// What a message's seqno has to be.
enum class numbering {
    content,  ///< a query: odd, and in the order of the msg_ids
    free,     ///< service messages: clients differ, and Telegram's servers take both
};

struct receipt {
    bad_msg problem = bad_msg::none;
    bool duplicate = false;
};

class inbox {
  public:
    /// Ids that are remembered; older ones are refused. As many as TDLib keeps.
    static constexpr std::size_t window = 1000;

    /// A message came. Remembers it unless there is a problem or it is a duplicate.
    receipt take(std::int64_t msg_id, std::int32_t seqno, numbering kind);

    /// The low bits of a state (protocol 5.6): 1 unknown, 2 not received, 3 not received and newer, 4
    /// received.
    std::byte state(std::int64_t msg_id) const;

  private:
    bad_msg check_order(std::int64_t msg_id, std::int32_t seqno) const;

    std::map<std::int64_t, std::int32_t> seen_;      // seqno by msg_id, all messages
    std::map<std::int64_t, std::int32_t> contents_;  // the same, queries only
    std::int64_t forgotten_ = 0;                     // the largest id that fell out of the window
};

}  // namespace mtproto::localdc
