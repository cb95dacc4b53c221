// Telegram's own public keys (protocol 2.13): public facts, as every client carries them.
#include "crypto/rsa.hpp"

#include <stdexcept>

namespace mtproto::crypto {
namespace {

// Fingerprint d09d1d85de64fd85
constexpr std::string_view production_pem = R"(-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEA6LszBcC1LGzyr992NzE0ieY+BSaOW622Aa9Bd4ZHLl+TuFQ4lo4g
5nKaMBwK/BIb9xUfg0Q29/2mgIR6Zr9krM7HjuIcCzFvDtr+L0GQjae9H0pRB2OO
62cECs5HKhT5DZ98K33vmWiLowc621dQuwKWSQKjWf50XYFw42h21P2KXUGyp2y/
+aEyZ+uVgLLQbRA1dEjSDZ2iGRy12Mk5gpYc397aYp438fsJoHIgJ2lgMv5h7WY9
t6N/byY9Nw9p21Og3AoXSL2q/2IJ1WRUhebgAdGVMlV1fkuOQoEzR7EdpqtQD9Cs
5+bfo3Nhmcyvk5ftB0WkJ9z6bNZ7yxrP8wIDAQAB
-----END RSA PUBLIC KEY-----
)";

// Fingerprint b25898df208d2603
constexpr std::string_view test_pem = R"(-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAyMEdY1aR+sCR3ZSJrtztKTKqigvO/vBfqACJLZtS7QMgCGXJ6XIR
yy7mx66W0/sOFa7/1mAZtEoIokDP3ShoqF4fVNb6XeqgQfaUHd8wJpDWHcR2OFwv
plUUI1PLTktZ9uW2WE23b+ixNwJjJGwBDJPQEQFBE+vfmH0JP503wr5INS1poWg/
j25sIWeYPHYeOrFp/eXaqhISP6G+q2IeTaWTXpwZj4LzXq5YOpk4bYEQ6mvRq7D1
aHWfYmlEGepfaYR8Q0YqvvhYtMte3ITnuSJs171+GDqpdKcSwHnd6FudwGO4pcCO
j4WcDuXc2CTHgH8gFTNhp/Y8/SpDOhvn9QIDAQAB
-----END RSA PUBLIC KEY-----
)";

rsa_public_key built_in(std::string_view pem) {
    auto key = rsa_public_key::from_pem(pem);
    if (!key) throw std::logic_error("a built-in RSA key cannot be read");
    return *std::move(key);
}

}  // namespace

std::span<const rsa_public_key> telegram_production_keys() {
    static const rsa_public_key key = built_in(production_pem);
    return {&key, 1};
}

std::span<const rsa_public_key> telegram_test_keys() {
    static const rsa_public_key key = built_in(test_pem);
    return {&key, 1};
}

}  // namespace mtproto::crypto
