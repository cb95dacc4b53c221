// Which message is for which verb.
#include "localdc/service.hpp"

#include "localdc/outbox.hpp"
#include "localdc/service_verbs.hpp"
#include "wire/container.hpp"

#include <mtproto/tl/codec.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace mtproto::localdc {
namespace {

template <class M, void (*verb)(const service_call&, const M&)>
void decoded(const service_call& call) {
    if (const auto query = tl::decode<M>(call.body)) verb(call, *query);
}

void destroy_key(const service_call& call) {
    call.answer(tl::encode(tl::destroy_auth_key_ok{}));
    call.connection.dc.keys.erase(call.context.key->key->id());
}

void do_nothing(const service_call&) {}

struct entry {
    std::uint32_t id = 0;
    void (*run)(const service_call&) = nullptr;
};

constexpr std::array entries{
    entry{tl::msgs_ack::tl_id, decoded<tl::msgs_ack, acknowledge>},
    entry{tl::ping::tl_id, decoded<tl::ping, answer_ping>},
    entry{tl::ping_delay_disconnect::tl_id, decoded<tl::ping_delay_disconnect, answer_delaying_ping>},
    entry{tl::get_future_salts::tl_id, decoded<tl::get_future_salts, tell_salts>},
    entry{tl::destroy_session::tl_id, decoded<tl::destroy_session, destroy_session>},
    entry{tl::destroy_auth_key::tl_id, destroy_key},
    entry{tl::msgs_state_req::tl_id, decoded<tl::msgs_state_req, tell_states>},
    entry{tl::msg_resend_req::tl_id, decoded<tl::msg_resend_req, resend>},
    entry{tl::rpc_drop_answer::tl_id, decoded<tl::rpc_drop_answer, drop_answer>},
    // These only inform.
    entry{tl::http_wait::tl_id, do_nothing},
    entry{tl::msgs_state_info::tl_id, do_nothing},
    entry{tl::msgs_all_info::tl_id, do_nothing},
    entry{tl::bad_msg_notification::tl_id, do_nothing},
};

const entry* entry_of(std::uint32_t id) {
    const auto* found =
        std::find_if(entries.begin(), entries.end(), [id](const entry& each) { return each.id == id; });
    return found == entries.end() ? nullptr : found;
}

}  // namespace

bool is_service(std::uint32_t id) {
    return entry_of(id) != nullptr;
}

void service_call::answer(bytes boxed) const {
    connection.out.send(context, {.body = std::move(boxed), .response = true});
}

void handle_service(const service_call& call) {
    if (const entry* found = entry_of(wire::constructor_of(call.body))) found->run(call);
}

}  // namespace mtproto::localdc
