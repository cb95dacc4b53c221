// auth.*: signing in with a code, as a bot, with a password; logins on other data centres.
#include "localdc/bind_key.hpp"
#include "localdc/decoded.hpp"
#include "localdc/objects.hpp"

#include <mtproto/tl_api.hpp>

#include <array>

namespace mtproto::localdc {
namespace {

// The same methods as older layers spell them (without flags).
constexpr std::uint32_t older_sign_in_id = 0xbcd51581;
constexpr std::uint32_t older_sign_up_id = 0x80eee427;
constexpr std::uint32_t older_resend_code_id = 0x3ef1a9bf;
// What is kept from the wire is bounded: international numbers have 15 digits, and Telegram's names 64
// letters.
constexpr std::size_t most_digits = 20;
constexpr std::size_t longest_name = 64;

std::string checked_phone(const call& now, const std::string& written) {
    std::string phone = phone_digits(written);
    if (phone.empty() || phone.size() > most_digits) throw refusal{400, "PHONE_NUMBER_INVALID"};
    if (now.dc.id != now.cluster.dcs.home)
        throw refusal{303, "PHONE_MIGRATE_" + std::to_string(now.cluster.dcs.home)};
    return phone;
}

bytes sent_code(call& now, const std::string& phone) {
    tl::auth::sentCodeTypeApp type;
    type.length = static_cast<std::int32_t>(now.cluster.options.login_code.size());
    tl::auth::sentCode answer;
    answer.type = std::move(type);
    answer.phone_code_hash = now.cluster.accounts.send_code(phone, *now.cluster.env.random);
    return tl::encode(answer);
}

// The settings that follow differ between layers and change nothing here: only the number is read.
reply send_code(call& now, const bytes& boxed) {
    tl::reader in(boxed);
    in.u32();
    const std::string written = in.string();
    const std::int32_t api_id = in.i32();
    if (!in.ok()) throw refusal{400, "INPUT_FETCH_ERROR"};
    if (api_id == 0) throw refusal{400, "API_ID_INVALID"};
    const std::string phone = checked_phone(now, written);
    const account* known = now.cluster.accounts.known_phone(phone);
    if (known && known->standing.is_gone()) throw refusal{400, "PHONE_NUMBER_BANNED"};
    return {sent_code(now, phone), {}};
}

std::string pending_phone(const call& now, const std::string& written, const std::string& hash) {
    std::string phone = checked_phone(now, written);
    if (!now.cluster.accounts.code_was_sent(phone, hash)) throw refusal{400, "PHONE_CODE_EXPIRED"};
    return phone;
}

// The hash is another, the old one is void.
reply resend(call& now, const std::string& written, const std::string& hash) {
    const std::string phone = pending_phone(now, written, hash);
    now.cluster.accounts.forget_code(hash);
    return {sent_code(now, phone), {}};
}

reply resend_code(call& now, tl::auth::resendCode& query) {
    return resend(now, query.phone_number, query.phone_code_hash);
}

reply older_resend_code(call& now, const bytes& boxed) {
    tl::reader in(boxed);
    in.u32();
    const std::string phone = in.string();
    const std::string hash = in.string();
    if (!in.ok()) throw refusal{400, "INPUT_FETCH_ERROR"};
    return resend(now, phone, hash);
}

reply cancel_code(call& now, tl::auth::cancelCode& query) {
    pending_phone(now, query.phone_number, query.phone_code_hash);
    now.cluster.accounts.forget_code(query.phone_code_hash);
    return {tl::encode(true), {}};
}

reply with_code(call& now, const std::string& written, const std::string& hash, const std::string& code) {
    const std::string phone = pending_phone(now, written, hash);
    if (code.empty()) throw refusal{400, "PHONE_CODE_EMPTY"};
    if (code != now.cluster.options.login_code) throw refusal{400, "PHONE_CODE_INVALID"};
    now.cluster.accounts.code_was_right(hash);
    const account* who = now.cluster.accounts.by_phone(phone);
    if (!who) return {tl::encode(tl::auth::authorizationSignUpRequired{}), {}};
    if (now.cluster.accounts.password_of(*who)) {
        now.login = {};
        now.login.awaits_password = who->id;
        throw refusal{401, "SESSION_PASSWORD_NEEDED"};
    }
    return {sign_in(now, *who), {}};
}

reply sign_in_with_code(call& now, tl::auth::signIn& query) {
    return with_code(now, query.phone_number, query.phone_code_hash, query.phone_code.value_or(""));
}

reply older_sign_in(call& now, const bytes& boxed) {
    tl::reader in(boxed);
    in.u32();
    const std::string phone = in.string();
    const std::string hash = in.string();
    const std::string code = in.string();
    if (!in.ok()) throw refusal{400, "INPUT_FETCH_ERROR"};
    return with_code(now, phone, hash, code);
}

reply new_account(call& now, const std::string& written, const std::string& hash, const std::string& first,
                  const std::string& last) {
    const std::string phone = pending_phone(now, written, hash);
    if (!now.cluster.accounts.may_sign_up(hash)) throw refusal{400, "PHONE_CODE_INVALID"};
    if (now.cluster.accounts.by_phone(phone)) throw refusal{400, "PHONE_NUMBER_OCCUPIED"};
    if (first.empty() || first.size() > longest_name) throw refusal{400, "FIRSTNAME_INVALID"};
    if (last.size() > longest_name) throw refusal{400, "LASTNAME_INVALID"};
    return {sign_in(now, now.cluster.accounts.sign_up(phone, first, last)), {}};
}

reply sign_up(call& now, tl::auth::signUp& query) {
    return new_account(now, query.phone_number, query.phone_code_hash, query.first_name, query.last_name);
}

reply older_sign_up(call& now, const bytes& boxed) {
    tl::reader in(boxed);
    in.u32();
    const std::string phone = in.string();
    const std::string hash = in.string();
    const std::string first = in.string();
    const std::string last = in.string();
    if (!in.ok()) throw refusal{400, "INPUT_FETCH_ERROR"};
    return new_account(now, phone, hash, first, last);
}

reply sign_in_bot(call& now, tl::auth::importBotAuthorization& query) {
    if (query.bot_auth_token.empty()) throw refusal{400, "ACCESS_TOKEN_INVALID"};
    if (now.dc.id != now.cluster.dcs.home)
        throw refusal{303, "USER_MIGRATE_" + std::to_string(now.cluster.dcs.home)};
    return {sign_in(now, now.cluster.accounts.by_bot_token(query.bot_auth_token)), {}};
}

reply check_password(call& now, tl::auth::checkPassword& query) {
    const auto* proof = query.password.as<tl::inputCheckPasswordSRP>();
    if (!proof) throw refusal{400, "PASSWORD_HASH_INVALID"};
    if (!now.login.challenge || proof->srp_id != now.login.challenge_id) throw refusal{400, "SRP_ID_INVALID"};
    // A challenge is good for one try.
    const crypto::srp_challenge challenge = std::move(*now.login.challenge);
    now.login.challenge.reset();
    const std::int64_t who = now.login.awaits_password != 0 ? now.login.awaits_password : now.login.user;
    const account* known = now.cluster.accounts.by_id(who);
    if (!known) throw refusal{401, "AUTH_KEY_UNREGISTERED"};
    if (!challenge.accepts(proof->A, proof->M1)) throw refusal{400, "PASSWORD_HASH_INVALID"};
    return {sign_in(now, *known), {}};
}

reply export_login(call& now, tl::auth::exportAuthorization& query) {
    if (query.dc_id == now.dc.id || !now.cluster.dcs.find(query.dc_id)) throw refusal{400, "DC_ID_INVALID"};
    tl::auth::exportedAuthorization answer;
    answer.id = now.login.user;
    answer.bytes = now.cluster.accounts.export_login(now.login.user, query.dc_id, *now.cluster.env.random);
    return {tl::encode(answer), {}};
}

reply import_login(call& now, tl::auth::importAuthorization& query) {
    if (!now.cluster.accounts.import_login(query.id, query.bytes, now.dc.id))
        throw refusal{400, "AUTH_BYTES_INVALID"};
    const account* who = now.cluster.accounts.by_id(query.id);
    if (!who) throw refusal{400, "USER_ID_INVALID"};
    ++now.cluster.counters.imported_logins;
    return {sign_in(now, *who), {}};
}

reply log_out(call& now, tl::auth::logOut&) {
    now.login = {};
    return {tl::encode(tl::auth::loggedOut{}), {}};
}

reply bind_key(call& now, tl::auth::bindTempAuthKey& query) {
    bind_request wanted;
    wanted.perm_key_id = query.perm_auth_key_id;
    wanted.nonce = query.nonce;
    wanted.expires_at = query.expires_at;
    wanted.msg_id = now.msg_id;
    wanted.session_id = now.session.id();
    wanted.encrypted = query.encrypted_message;
    bind_temporary_key(now.dc, now.key, wanted, now.cluster.env.time->unix_now());
    return {tl::encode(true), {}};
}

}  // namespace

std::span<const method> auth_methods() {
    static constexpr std::array all{
        method{tl::auth::sendCode::tl_id, tl::auth::sendCode::tl_name, needs::connection, false, send_code},
        entry<tl::auth::resendCode, resend_code>(needs::connection),
        method{older_resend_code_id, tl::auth::resendCode::tl_name, needs::connection, false,
               older_resend_code},
        entry<tl::auth::cancelCode, cancel_code>(needs::connection),
        entry<tl::auth::signIn, sign_in_with_code>(needs::connection),
        method{older_sign_in_id, tl::auth::signIn::tl_name, needs::connection, false, older_sign_in},
        entry<tl::auth::signUp, sign_up>(needs::connection),
        method{older_sign_up_id, tl::auth::signUp::tl_name, needs::connection, false, older_sign_up},
        entry<tl::auth::importBotAuthorization, sign_in_bot>(needs::connection),
        entry<tl::auth::checkPassword, check_password>(needs::connection),
        entry<tl::auth::exportAuthorization, export_login>(needs::login),
        entry<tl::auth::importAuthorization, import_login>(needs::connection),
        entry<tl::auth::logOut, log_out>(needs::login),
        entry<tl::auth::bindTempAuthKey, bind_key>(needs::nothing, true),
    };
    return all;
}

}  // namespace mtproto::localdc
