// One function for each kind of service message. Private to service*.cpp.
#pragma once

#include "localdc/service.hpp"
#include "wire/service_messages.hpp"

#include <mtproto/tl_mtproto.hpp>

#include <cstddef>

namespace mtproto::localdc {

using wire::most_ids;

void acknowledge(const service_call& call, const tl::msgs_ack& query);
void answer_ping(const service_call& call, const tl::ping& query);
void answer_delaying_ping(const service_call& call, const tl::ping_delay_disconnect& query);
void tell_salts(const service_call& call, const tl::get_future_salts& query);
void destroy_session(const service_call& call, const tl::destroy_session& query);
void tell_states(const service_call& call, const tl::msgs_state_req& query);
void resend(const service_call& call, const tl::msg_resend_req& query);
void drop_answer(const service_call& call, const tl::rpc_drop_answer& query);

}  // namespace mtproto::localdc
