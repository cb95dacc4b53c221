// Public keys on Curve25519.
#include "crypto/x25519.hpp"

#include "hex.hpp"

#include <doctest/doctest.h>

using namespace mtproto;

TEST_CASE("the public key of Bob (RFC 7748, 6.1)") {
    const auto bob =
        test::unhex_array<32>("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    CHECK(test::hex(crypto::x25519_public(bob)) ==
          "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
}
