// The steps that all ways to sign in have in common.
#pragma once

#include "localdc/call.hpp"

#include <mtproto/bytes.hpp>

#include <string>

namespace mtproto::localdc {

/// The permanent key behind the one that encrypts.
const key_state& permanent_key(const call& now);

/// Digits of a phone number. Throws a refusal for one that is none, and away from the accounts' home.
std::string checked_phone(const call& now, const std::string& written);

/// auth.authorization for `who`, who has shown a code or a token. Throws SESSION_PASSWORD_NEEDED where there
/// is a password.
bytes admit(call& now, const account& who);

/// auth.sentCode for a code that is on its way.
bytes encode_sent_code(call& now, const sent_code& sent, const std::string& hash);
/// The same, or what takes its place; `place`: in local_dc_sign_in::codes. `email`: for codes by e-mail.
bytes send_code_by(call& now, const std::string& phone, std::size_t place, const std::string& email = {});

/// auth.*, account.*: e-mail addresses of logins, the password's recovery, login tokens.
std::span<const method> sign_in_methods();
std::span<const method> token_methods();

}  // namespace mtproto::localdc
