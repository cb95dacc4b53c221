// Two-step verification: proof of a password without telling it, and the server's side of it (protocol 7.2).
#pragma once

#include "crypto/dh.hpp"
#include "crypto/sha.hpp"

#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <cstdint>
#include <string_view>

namespace mtproto::crypto {

/// passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow. The views must outlive the call.
struct srp_group {
    byte_view salt1;
    byte_view salt2;
    std::int32_t g = 0;
    byte_view p;  ///< 256 bytes
};

struct srp_proof {
    dh_number a_public;  ///< A
    sha256_digest m1;    ///< M1
};

/// What goes into inputCheckPasswordSRP. Costs some 100 ms (PBKDF2), by intent. Draws 256 random bytes for
/// `a`. errc::handshake_failed when the group or B breaks the rules of 2.9 and 7.2.
result<srp_proof> srp_prove(const srp_group& group, byte_view b_public, std::string_view password,
                            random_source& random);

/// The calculation alone, without any check: for published vectors, some of which use groups that are too
/// small.
srp_proof srp_compute(const srp_group& group, const dh_number& b_public, std::string_view password,
                      const secret<dh_size>& a);

/// g^x mod p: what a server stores in place of the password.
result<secret<dh_size>> srp_verifier(const srp_group& group, std::string_view password);

/// The server's half of one attempt.
class srp_challenge {
  public:
    /// Draws 256 random bytes for `b`. The group's views are copied.
    static result<srp_challenge> make(const srp_group& group, const secret<dh_size>& verifier,
                                      random_source& random);

    /// B, to be sent as account.password's srp_B.
    const dh_number& b_public() const noexcept { return b_public_; }
    /// Whether the proof shows knowledge of the password.
    bool accepts(byte_view a_public, byte_view m1) const;

  private:
    srp_challenge() = default;

    secret<dh_size> b_;
    secret<dh_size> verifier_;
    dh_number b_public_{};
    dh_number p_{};
    std::int32_t g_ = 0;
    sha256_digest salt1_hash_{};
    sha256_digest salt2_hash_{};
};

}  // namespace mtproto::crypto
