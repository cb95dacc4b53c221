// Two-step verification: proves a password that is not sent (protocol 7.2).
#include "base/scope_exit.hpp"
#include "client/login.hpp"
#include "crypto/secret.hpp"
#include "crypto/srp.hpp"

#include <optional>
#include <span>
#include <utility>

namespace mtproto::core {
namespace {

/// A proof can come too late for the server's half; more often than this in a row it is not that.
constexpr int most_fresh_halves = 3;

using known_algorithm = tl::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow;

outcome<tl::auth::checkPassword> prove(const tl::account::password& about, std::string_view password,
                                       random_source& random) {
    const auto* algorithm = about.current_algo ? about.current_algo->as<known_algorithm>() : nullptr;
    if (!algorithm || !about.srp_B || !about.srp_id)
        return failure(errc::password_needed, "the server asks for a proof that is not known here");
    crypto::srp_group group;
    group.salt1 = algorithm->salt1;
    group.salt2 = algorithm->salt2;
    group.g = algorithm->g;
    group.p = algorithm->p;
    const result<crypto::srp_proof> proof = crypto::srp_prove(group, *about.srp_B, password, random);
    if (!proof) return failure(proof.error());
    tl::inputCheckPasswordSRP given;
    given.srp_id = *about.srp_id;
    given.A = bytes::copy(byte_view(proof->a_public));
    given.M1 = bytes::copy(byte_view(proof->m1));
    tl::auth::checkPassword request;
    request.password = std::move(given);
    return request;
}

void wipe(std::optional<std::string>& secret) {
    if (secret) crypto::wipe(std::as_writable_bytes(std::span(*secret)));
    secret.reset();
}

}  // namespace

io::awaitable<outcome<tl::auth::Authorization>> prove_password(invoker& over, random_source& random,
                                                               login_ui& ui) {
    std::optional<std::string> password;
    const scope_exit at_end([&] { wipe(password); });
    std::optional<failure> refused;  // the answer before
    // The server's half is good for one attempt.
    int fresh_halves = 0;
    for (;;) {
        const tl::account::getPassword question{};
        const outcome<tl::account::password> about = co_await call(over, question);
        if (!about) co_return about.error();
        if (!password) {
            const std::string hint = about->hint.value_or("");
            password = co_await ui.password(hint);
            if (!password) co_return refused.value_or(failure(errc::password_needed));
        }
        const outcome<tl::auth::checkPassword> request = prove(*about, *password, random);
        if (!request) co_return request.error();
        call_options once;
        once.idempotent = false;
        outcome<tl::auth::Authorization> answer = co_await call(over, *request, once);
        if (answer) co_return answer;
        if (answer.error().is("SRP_ID_INVALID") && ++fresh_halves < most_fresh_halves)
            continue;  // too slow: the same password, a fresh half
        if (!answer.error().is("PASSWORD_HASH_INVALID")) co_return answer;
        wipe(password);
        fresh_halves = 0;
        refused = answer.error();
        ui.wrong("this is not the password");
    }
}

}  // namespace mtproto::core
