// Two-step verification: what the server keeps of the password.
#pragma once

#include "crypto/srp.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <string>

namespace mtproto::localdc {

struct password_check {
    bytes salt1;
    bytes salt2;
    crypto::secret<crypto::dh_size> verifier;

    /// With new salts. errc::bad_argument when the password cannot be used.
    static outcome<password_check> make(const std::string& password, random_source& random);
    crypto::srp_group group() const;
};

}  // namespace mtproto::localdc
