// The kinds of faults by event.
#include "localdc/fault_events.hpp"

#include "localdc/call.hpp"
#include "traffic/fault_kinds.hpp"

namespace mtproto::localdc {
namespace {

using traffic::fault_kind;
using traffic::fault_stage;

bool strikes_connect(fault_kind kind) {
    return kind == fault_kind::close || kind == fault_kind::silence || kind == fault_kind::half_close ||
           kind == fault_kind::freeze;
}

bool strikes_step(fault_kind kind, std::string_view step) {
    switch (kind) {
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
            return traffic::stage_of(kind) == fault_stage::connection ||
                   traffic::stage_of(kind) == fault_stage::packet;
    }
}

bool strikes_method(fault_kind kind, std::string_view method) {
    switch (kind) {
        case fault_kind::short_part:
        case fault_kind::long_part:
        case fault_kind::wrong_part_bytes:
            return method == "getFile" || method == "getCdnFile";
        case fault_kind::wrong_hash:
            return method == "getFileHashes" || method == "getCdnFileHashes" || method == "reuploadCdnFile";
        default:
            return traffic::stage_of(kind) != fault_stage::step;
    }
}

// Without an event: what can act on any method, packet or connection.
bool strikes_anywhere(fault_kind kind) {
    return strikes_method(kind, "");
}

}  // namespace

bool can_strike(const traffic::fault& fault) {
    const std::string_view event = fault.event;
    if (event.empty()) return strikes_anywhere(fault.kind);
    // Events name what the server answers.
    if (fault.way == traffic::direction::in) return false;
    if (event == "connect") return strikes_connect(fault.kind);
    if (event == "req_pq_multi" || event == "req_DH_params" || event == "set_client_DH_params")
        return strikes_step(fault.kind, event);
    return is_method(event) && strikes_method(fault.kind, event);
}

}  // namespace mtproto::localdc
