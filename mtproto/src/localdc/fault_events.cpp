// The kinds of faults by event.
#include "localdc/fault_events.hpp"

#include "localdc/call.hpp"

namespace mtproto::localdc {
namespace {

using traffic::fault_kind;

bool strikes_step(fault_kind kind, std::string_view step) {
    switch (kind) {
        case fault_kind::close:
        case fault_kind::silence:
        case fault_kind::transport_error:
        case fault_kind::wrong_length:
        case fault_kind::wrong_nonce:
            return true;
        case fault_kind::wrong_fingerprint:
            return step == "req_pq_multi";
        case fault_kind::wrong_hash:
            return step == "req_DH_params";
        case fault_kind::dh_retry:
        case fault_kind::dh_fail:
            return step == "set_client_DH_params";
        default:
            return false;
    }
}

bool strikes_method(fault_kind kind, std::string_view method) {
    switch (kind) {
        case fault_kind::close:
        case fault_kind::silence:
        case fault_kind::rpc_error:
        case fault_kind::transport_error:
        case fault_kind::wrong_msg_key:
        case fault_kind::wrong_length:
        case fault_kind::expired_reference:
        case fault_kind::dropped_login:
            return true;
        case fault_kind::short_part:
        case fault_kind::long_part:
        case fault_kind::wrong_part_bytes:
            return method == "getFile";
        case fault_kind::wrong_hash:
            return method == "getFileHashes";
        default:
            return false;
    }
}

}  // namespace

bool can_strike(const traffic::fault& fault) {
    const std::string_view event = fault.event;
    if (event == "connect") return fault.kind == fault_kind::close || fault.kind == fault_kind::silence;
    if (event == "req_pq_multi" || event == "req_DH_params" || event == "set_client_DH_params")
        return strikes_step(fault.kind, event);
    return is_method(event) && strikes_method(fault.kind, event);
}

}  // namespace mtproto::localdc
