// Salts and a verifier from a password.
#include "localdc/password_check.hpp"

#include "crypto/random_bytes.hpp"

namespace mtproto::localdc {
namespace {

constexpr std::size_t salt_size = 32;

}  // namespace

outcome<password_check> password_check::make(const std::string& password, random_source& random) {
    password_check made;
    made.salt1 = crypto::random_bytes(random, salt_size);
    made.salt2 = crypto::random_bytes(random, salt_size);
    auto verifier = crypto::srp_verifier(made.group(), password);
    if (!verifier) return failure(errc::bad_argument, "the password cannot be used");
    made.verifier = *verifier;
    return made;
}

crypto::srp_group password_check::group() const {
    return {salt1, salt2, crypto::telegram_dh_g, crypto::telegram_dh_prime()};
}

}  // namespace mtproto::localdc
