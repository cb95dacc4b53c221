// Opened packets: salt, time and order first, then each message to who answers it (protocol 4.3
// to 4.7, 5.4, 5.5).
#pragma once

#include "localdc/cluster.hpp"
#include "localdc/connection_parts.hpp"
#include "localdc/inbox.hpp"
#include "localdc/wrappers.hpp"
#include "wire/container.hpp"
#include "wire/envelope.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

namespace mtproto::localdc {

/// Of one connection, whose sessions it attaches to until it ends. Everything that it was given must outlive
/// it.
class message_dispatcher final : private session_carrier {
  public:
    explicit message_dispatcher(const connection_parts& of) : of_(of) {}
    ~message_dispatcher();
    message_dispatcher(const message_dispatcher&) = delete;
    message_dispatcher& operator=(const message_dispatcher&) = delete;

    /// A packet was opened with this key.
    void handle(const std::shared_ptr<key_state>& key, const wire::opened& packet);

  private:
    void push(const session_context& at, message news) override;

    /// A message of a packet, and the query that it is unless it is the protocol's own.
    struct received_message {
        std::int64_t msg_id = 0;
        std::int32_t seqno = 0;
        bytes body;
        bool service = false;
        unwrapped query;
    };
    struct query_faults {
        bool refused = false;                        // the whole packet: it was answered
        std::map<std::int64_t, bad_msg> messages{};  // by msg_id
    };

    bad_msg check_header(const key_state& key, const wire::message_header& head) const;
    void handle_single(const session_context& at_door, const wire::opened& packet);
    void handle_container(const session_context& at_door, const wire::opened& packet);
    std::vector<received_message> unwrap_all(std::vector<wire::contained> messages);
    std::shared_ptr<server_session> attach(const std::shared_ptr<key_state>& key, std::int64_t id,
                                           std::int64_t first_msg_id);
    void handle_message(const session_context& at, const received_message& received);
    void handle_query(const session_context& at, std::int64_t msg_id, const unwrapped& query);
    bool has_one_session_too_many(const session_context& at);
    bool act_on(const session_context& at, const traffic::fault& fault, message& answer);

    // query_faults.cpp
    query_faults meet_query_faults(const session_context& at, const wire::message_header& head,
                                   std::span<const received_message> messages, bool in_container);
    void forget_session(key_state& key, std::int64_t id);

    /// Sessions of one connection: no client has more than a few.
    static constexpr std::size_t most_attached = 64;

    connection_parts of_;
    std::set<std::shared_ptr<server_session>> attached_;
};

}  // namespace mtproto::localdc
