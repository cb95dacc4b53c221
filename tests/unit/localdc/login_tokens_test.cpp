// The tables of what is under way while somebody signs in.
#include "localdc/login_tokens.hpp"

#include "crypto/seeded_random.hpp"
#include "localdc/sent_codes.hpp"

#include <doctest/doctest.h>

using namespace mtproto;

namespace {

localdc::login_token_state token_of_key(std::int64_t key) {
    localdc::login_token_state made;
    made.owner.dc = 2;
    made.permanent_key = key;
    return made;
}

}  // namespace

TEST_CASE("login 7.3 a key has one login token at a time, and each is another") {
    crypto::seeded_random random(3);
    localdc::login_tokens tokens;
    const bytes first = tokens.add(token_of_key(1), random);
    const bytes of_other = tokens.add(token_of_key(2), random);
    CHECK(tokens.find(first) == tokens.of_key(2, 1));
    CHECK(tokens.of_key(3, 1) == nullptr);
    const bytes second = tokens.add(token_of_key(1), random);
    CHECK(second != first);
    CHECK(tokens.find(first) == nullptr);
    REQUIRE(tokens.find(second));
    CHECK(tokens.token_of(*tokens.find(second)) == second);
    tokens.forget(second);
    CHECK(tokens.of_key(2, 1) == nullptr);
    CHECK(tokens.find(of_other));
}

TEST_CASE("login 7.1 a code belongs to its number, until it is forgotten") {
    crypto::seeded_random random(4);
    localdc::sent_codes codes;
    localdc::sent_code sent;
    sent.phone = "15550001";
    const std::string hash = codes.add(sent, random);
    CHECK(codes.find("15550001", hash));
    CHECK_FALSE(codes.find("15550002", hash));
    codes.forget(hash);
    CHECK_FALSE(codes.find("15550001", hash));
}
