// How people sign in to a local data centre.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace mtproto {

/// The ways that a local data centre sends a login code. The code is local_dc_options::login_code for all.
enum class local_code {
    app,
    sms,
    call,
    flash_call,
    missed_call,
    email,         ///< is taken as a code by e-mail alone
    fragment,      ///< "https://fragment.com/login"
    firebase,      ///< for official apps: no client can use it, and has to ask for the next
    word,          ///< begins with the first letter of the code
    phrase,        ///< begins with the first word of the code
    set_up_email,  ///< none: an address is to be given and proved by the code first, and the next one goes
                   ///< there
    payment,       ///< none: it would have to be paid for
};

struct local_dc_sign_in {
    local_dc_sign_in() = default;

    /// The first is what auth.sendCode does; auth.resendCode goes on to the next, and ends with the last.
    std::vector<local_code> codes{local_code::app};
    /// Another code is refused for so long. 0: at no time.
    std::chrono::seconds code_timeout{0};
    /// Of the password.
    std::string password_hint;
    /// What recovers it. Empty: it has no e-mail.
    std::string recovery_code;
    /// How long a login token can be accepted.
    std::chrono::seconds token_life{30};
    /// Clients are told when one was accepted.
    bool token_updates = true;
    /// The account of this phone number accepts the token of whoever has asked for tokens for `scan_after`:
    /// somebody who scans QR codes. Nobody is told; clients see it when they ask for the next. Empty: nobody
    /// does.
    std::string scanning_phone;
    std::chrono::seconds scan_after{3};
    /// Logins come with a token that stands for a code the next time.
    bool future_tokens = false;
};

}  // namespace mtproto
