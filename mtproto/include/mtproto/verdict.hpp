// The meaning of a server's error for the account that met with it: one table for messages, programs and
// pools.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

#include <chrono>
#include <string_view>

namespace mtproto {

/// What an error says of an account. Errors are told apart by their names; the code decides nothing where the
/// name is known, as the same name comes with several codes.
enum class meaning {
    alive,                ///< nothing: this request failed, for reasons of its own
    wait,                 ///< requests of the kind are refused for `delay`
    back_off,             ///< for a while that the server does not tell
    method_refused,       ///< this account may not ask for the method; another may
    peer_refused,         ///< this account may not see the chat; another may
    rebind,               ///< the temporary key alone is gone: the client makes another
    session_ended,        ///< the login is gone; the account may sign in anew
    account_ended,        ///< the account itself is gone
    program_too_old,      ///< the program has to be updated
    credentials_refused,  ///< api_id and api_hash
    number_refused,       ///< nobody signs in with this phone number now
    start_over,           ///< the login begins again, once
};

/// What becomes of the account in a pool of several.
enum class pool_step {
    stay,           ///< it goes on
    wait,           ///< it goes on later; others serve meanwhile
    other_account,  ///< others serve this request; it stays for the rest
    leave,          ///< it is taken out, with a word
    stop,           ///< no account will do better: the caller is told
};

struct verdict {
    mtproto::meaning meaning = meaning::alive;
    pool_step pool = pool_step::stay;
    duration delay{0};           ///< of meaning::wait
    std::string_view sentence;   ///< for people, in lower case and without a full stop; may be empty
    std::string_view next_step;  ///< the same: what can be done about it
};

/// meaning::alive for whatever is no error of a request.
verdict verdict_of(const failure& what) noexcept;

}  // namespace mtproto
