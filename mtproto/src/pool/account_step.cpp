// Sorts failures by what they mean for the account.
#include "pool/account_step.hpp"

#include "net/link_failure.hpp"

#include <mtproto/verdict.hpp>

namespace mtproto::pooling {

account_step step_after(const failure& why) {
    switch (verdict_of(why).meaning) {
        case meaning::session_ended:
        case meaning::account_ended:
            return account_step::leave;
        case meaning::peer_refused:
            return account_step::not_here;
        case meaning::method_refused:
            // A bot finds no private chat in its list, which it may not ask for.
            return why.is("FROZEN_METHOD_INVALID") ? account_step::frozen : account_step::not_here;
        case meaning::wait:
        case meaning::back_off:
            return account_step::wait;
        default:
            break;
    }
    if (why.code == errc::not_authorized) return account_step::leave;
    return why.code == errc::not_found ? account_step::not_here : account_step::stay;
}

bool is_of_data_centre(const failure& why) {
    const bool in_trouble = why.code == errc::rpc_error && (why.rpc_code >= 500 || why.rpc_code < 0);
    return in_trouble || net::is_of_link(why);
}

}  // namespace mtproto::pooling
