// Proves a password that is not sent, or takes the code that recovers it.
#include "client/login_password.hpp"

#include "base/scope_exit.hpp"
#include "client/login_code.hpp"
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

outcome<tl::auth::checkPassword> proof_of(const tl::account::password& about, std::string_view password,
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

void wipe(std::string& secret) {
    crypto::wipe(std::as_writable_bytes(std::span(secret)));
    secret.clear();
}

}  // namespace

io::awaitable<outcome<granted>> login_password::run() {
    password_answer answer;
    const scope_exit at_end([&] { wipe(answer.password); });
    for (;;) {
        // The server's half is good for one attempt.
        const tl::account::getPassword question{};
        const outcome<tl::account::password> about = co_await call(site_.home, question);
        if (!about) co_return explained(about.error());
        if (!std::exchange(keep_, false)) {
            wipe(answer.password);
            outcome<password_answer> given = co_await ask(*about);
            if (!given) co_return given.error();
            answer = std::move(*given);
            fresh_halves_ = 0;
        }
        io::awaitable<outcome<step>> trying =
            answer.wish == password_wish::recover ? recover() : prove(*about, answer.password);
        const outcome<step> tried = co_await std::move(trying);
        if (!tried) co_return explained(tried.error());
        if (*tried == step::done) co_return std::move(result_);
    }
}

io::awaitable<outcome<password_answer>> login_password::ask(const tl::account::password& about) {
    password_info info;
    info.hint = about.hint.value_or("");
    info.recoverable = about.has_recovery;
    for (;;) {
        password_answer given = co_await ui_.answer_password(info);
        if (given.wish == password_wish::give_up) co_return refused_.value_or(failure(errc::password_needed));
        if (given.wish != password_wish::recover || info.recoverable) co_return given;
        ui_.wrong(
            "this password has no e-mail to be recovered by; an official app can reset it, in seven days");
    }
}

io::awaitable<outcome<login_password::step>> login_password::prove(const tl::account::password& about,
                                                                   const std::string& password) {
    const outcome<tl::auth::checkPassword> request = proof_of(about, password, *site_.environment.random);
    if (!request) co_return request.error();
    const outcome<tl::auth::Authorization> answer = co_await call(site_.home, *request, only_once());
    if (answer) co_return take(*answer);
    if (answer.error().is("SRP_ID_INVALID") && ++fresh_halves_ < most_fresh_halves) {
        keep_ = true;  // too slow: the same password, a fresh half
        co_return step::again;
    }
    const bool is_wrong = answer.error().is("PASSWORD_HASH_INVALID");
    if (!is_wrong && !answer.error().is("SRP_PASSWORD_CHANGED")) co_return answer.error();
    refused_ = answer.error();
    ui_.wrong(is_wrong ? "this is not the password" : "the password was changed just now; give the new one");
    co_return step::again;
}

io::awaitable<outcome<login_password::step>> login_password::recover() {
    const tl::auth::requestPasswordRecovery request{};
    const outcome<tl::auth::passwordRecovery> sent = co_await call(site_.home, request, only_once());
    if (!sent) co_return sent.error();
    for (;;) {
        std::optional<std::string> code = co_await ui_.recovery_code(sent->email_pattern);
        if (!code) co_return step::again;  // the password came to mind
        const outcome<step> tried = co_await recover_by(normalized_code(*code));
        if (!tried || *tried == step::done) co_return tried;
        ui_.wrong("this is not the code");
    }
}

io::awaitable<outcome<login_password::step>> login_password::recover_by(std::string code) {
    // A wrong code does not turn anything off; so the right one is told apart before it does.
    tl::auth::checkRecoveryPassword question;
    question.code = code;
    const outcome<bool> checked = co_await call(site_.home, question, only_once());
    const bool is_wrong =
        checked ? !*checked : checked.error().is("CODE_INVALID") || checked.error().is("CODE_EMPTY");
    if (is_wrong) co_return step::again;
    if (!checked) co_return checked.error();
    tl::auth::recoverPassword request;
    request.code = std::move(code);
    const outcome<tl::auth::Authorization> answer = co_await call(site_.home, request, only_once());
    if (!answer) co_return answer.error();
    co_return take(*answer);
}

outcome<login_password::step> login_password::take(const tl::auth::Authorization& answer) {
    outcome<granted> login = granted_by(answer);
    if (!login) return login.error();
    result_ = std::move(*login);
    return step::done;
}

}  // namespace mtproto::core
