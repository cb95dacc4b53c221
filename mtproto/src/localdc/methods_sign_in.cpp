// auth.*, account.*: e-mail addresses for login codes, and the recovery of a password.
#include "localdc/decoded.hpp"
#include "localdc/objects.hpp"
#include "localdc/sign_in.hpp"

#include <mtproto/tl_api.hpp>

#include <array>

namespace mtproto::localdc {
namespace {

constexpr std::size_t longest_email = 255;
constexpr const char* recovery_pattern = "r***@example.org";

/// The code that waits for an address.
sent_code& awaits_email(const call& now, const tl::EmailVerifyPurpose& purpose) {
    const auto* login = purpose.as<tl::emailVerifyPurposeLoginSetup>();
    if (!login) throw refusal{400, "EMAIL_NOT_SETUP"};
    sent_code* sent =
        now.cluster.accounts.desk.codes.find(phone_digits(login->phone_number), login->phone_code_hash);
    if (!sent) throw refusal{400, "PHONE_CODE_EXPIRED"};
    return *sent;
}

reply send_verify_email(call& now, tl::account::sendVerifyEmailCode& query) {
    sent_code& sent = awaits_email(now, query.purpose);
    const std::size_t at = query.email.find('@');
    if (at == 0 || at == query.email.npos || query.email.size() > longest_email)
        throw refusal{400, "EMAIL_INVALID"};
    sent.email = query.email;
    tl::account::sentEmailCode answer;
    answer.email_pattern = query.email.substr(0, 1) + "***" + query.email.substr(at);
    answer.length = static_cast<std::int32_t>(now.cluster.options.login_code.size());
    return {tl::encode(answer), {}};
}

reply verify_email(call& now, tl::account::verifyEmail& query) {
    const sent_code sent = awaits_email(now, query.purpose);
    const auto* proof = query.verification.as<tl::emailVerificationCode>();
    if (!proof || proof->code != now.cluster.options.login_code) throw refusal{400, "CODE_INVALID"};
    if (sent.email.empty()) throw refusal{400, "EMAIL_VERIFY_EXPIRED"};
    const bytes next = send_code_by(now, sent.phone, sent.place + 1, sent.email);
    tl::account::emailVerifiedLogin answer;
    answer.email = sent.email;
    answer.sent_code = tl::decode<tl::auth::SentCode>(next).value();
    return {tl::encode(answer), {}};
}

reply reset_login_email(call& now, tl::auth::resetLoginEmail& query) {
    const std::string phone = checked_phone(now, query.phone_number);
    const sent_code* sent = now.cluster.accounts.desk.codes.find(phone, query.phone_code_hash);
    if (!sent) throw refusal{400, "PHONE_CODE_EXPIRED"};
    if (sent->place + 1 >= now.cluster.options.sign_in.codes.size())
        throw refusal{400, "TASK_ALREADY_EXISTS"};
    const std::size_t next = sent->place + 1;
    now.cluster.accounts.desk.codes.forget(query.phone_code_hash);
    return {send_code_by(now, phone, next), {}};
}

reply report_missing_code(call& now, tl::auth::reportMissingCode& query) {
    const std::string phone = checked_phone(now, query.phone_number);
    if (!now.cluster.accounts.desk.codes.find(phone, query.phone_code_hash))
        throw refusal{400, "PHONE_CODE_EXPIRED"};
    return {tl::encode(true), {}};
}

const account& forgetful(const call& now) {
    const std::int64_t who = now.login.awaits_password != 0 ? now.login.awaits_password : now.login.user;
    const account* known = now.cluster.accounts.by_id(who);
    if (!known) throw refusal{401, "AUTH_KEY_UNREGISTERED"};
    if (!now.cluster.accounts.password_of(*known)) throw refusal{400, "PASSWORD_EMPTY"};
    if (now.cluster.options.sign_in.recovery_code.empty()) throw refusal{400, "PASSWORD_RECOVERY_NA"};
    return *known;
}

reply request_recovery(call& now, tl::auth::requestPasswordRecovery&) {
    forgetful(now);
    tl::auth::passwordRecovery answer;
    answer.email_pattern = recovery_pattern;
    return {tl::encode(answer), {}};
}

reply check_recovery(call& now, tl::auth::checkRecoveryPassword& query) {
    forgetful(now);
    if (query.code != now.cluster.options.sign_in.recovery_code) throw refusal{400, "CODE_INVALID"};
    return {tl::encode(true), {}};
}

reply recover(call& now, tl::auth::recoverPassword& query) {
    const account& who = forgetful(now);
    if (query.code != now.cluster.options.sign_in.recovery_code) throw refusal{400, "CODE_INVALID"};
    now.cluster.accounts.desk.without_password.insert(who.id);
    return {sign_in(now, who), {}};
}

}  // namespace

std::span<const method> sign_in_methods() {
    static constexpr std::array all{
        entry<tl::account::sendVerifyEmailCode, send_verify_email>(needs::connection),
        entry<tl::account::verifyEmail, verify_email>(needs::connection),
        entry<tl::auth::resetLoginEmail, reset_login_email>(needs::connection),
        entry<tl::auth::reportMissingCode, report_missing_code>(needs::connection),
        entry<tl::auth::requestPasswordRecovery, request_recovery>(needs::connection),
        entry<tl::auth::checkRecoveryPassword, check_recovery>(needs::connection),
        entry<tl::auth::recoverPassword, recover>(needs::connection),
    };
    return all;
}

}  // namespace mtproto::localdc
