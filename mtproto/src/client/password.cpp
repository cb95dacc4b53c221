// Two-step verification (protocol 7.2).
#include "client/advice.hpp"
#include "client/engine.hpp"
#include "crypto/secret.hpp"
#include "crypto/srp.hpp"

#include <mtproto/tl_api.hpp>

#include <span>

namespace mtproto::core {
namespace {

/// A proof can come too late for the server's half; more often than this in a row it is not that.
constexpr int most_fresh_halves = 3;

using known_algorithm = tl::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow;

outcome<bytes> prove(const tl::account::password& about, std::string_view password, random_source& random) {
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
    return tl::encode(request);
}

}  // namespace

io::awaitable<outcome<account>> engine::check_password(login_ui& ui) {
    std::optional<std::string> password;
    struct on_exit {
        std::optional<std::string>& secret;
        ~on_exit() {
            if (secret) crypto::wipe(std::as_writable_bytes(std::span(*secret)));
        }
    };
    const on_exit guard{password};
    std::optional<failure> refused;  // the answer before
    // The server's half is good for one attempt.
    int fresh_halves = 0;
    for (;;) {
        const tl::account::getPassword ask{};
        const bytes ask_bytes = tl::encode(ask);
        const call_options how;
        const outcome<bytes> told = co_await call(ask_bytes, tl::account::getPassword::tl_name, how);
        if (!told) co_return told.error();
        const auto about = tl::decode<tl::account::password>(*told);
        if (!about) co_return undecodable(about.error(), tl::account::getPassword::tl_name);
        if (!password) {
            const std::string hint = about->hint.value_or("");
            password = co_await ui.password(hint);
            if (!password) co_return refused.value_or(failure(errc::password_needed));
        }
        const outcome<bytes> request = prove(*about, *password, *shared_->where.random);
        if (!request) co_return request.error();
        call_options once;
        once.idempotent = false;
        const outcome<bytes> answer = co_await call(*request, tl::auth::checkPassword::tl_name, once);
        if (answer) co_return logged_in(*answer);
        if (answer.error().is("SRP_ID_INVALID") && ++fresh_halves < most_fresh_halves)
            continue;  // too slow: the same password, a fresh half
        if (!answer.error().is("PASSWORD_HASH_INVALID")) co_return answer.error();
        crypto::wipe(std::as_writable_bytes(std::span(*password)));
        password.reset();
        fresh_halves = 0;
        refused = answer.error();
        ui.wrong("this is not the password");
    }
}

}  // namespace mtproto::core
