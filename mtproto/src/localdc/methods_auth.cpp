// auth.*: signing in with a code, as a bot, with a password; logins on other data centres.
#include "localdc/bind_key.hpp"
#include "localdc/decoded.hpp"
#include "localdc/objects.hpp"
#include "localdc/sign_in.hpp"

#include <mtproto/tl/writer.hpp>
#include <mtproto/tl_api.hpp>

#include <array>

namespace mtproto::localdc {
namespace {

// The same methods as older layers spell them (without flags).
constexpr std::uint32_t older_sign_in_id = 0xbcd51581;
constexpr std::uint32_t older_sign_up_id = 0x80eee427;
constexpr std::uint32_t older_resend_code_id = 0x3ef1a9bf;
// What is kept from the wire is bounded: Telegram's names have 64 letters.
constexpr std::size_t longest_name = 64;

/// auth.sentCodeSuccess around auth.authorization, which is spelled as the client's layer has it.
bytes sent_nothing(byte_view authorization) {
    const std::size_t size = sizeof(std::uint32_t) + authorization.size();
    buffer made = buffer::allocate(size);
    tl::writer out(made.span().first(size));
    out.u32(tl::auth::sentCodeSuccess::tl_id);
    out.raw(authorization);
    return {std::move(made), 0, size};
}

/// Who comes with a token of an earlier login, in a layer that knows them.
const account* known_by_token(const call& now, const bytes& boxed, const std::string& phone) {
    const auto query = tl::decode<tl::auth::sendCode>(boxed);
    if (!query || !query->settings.logout_tokens) return nullptr;
    for (const bytes& each : *query->settings.logout_tokens) {
        const auto found = now.cluster.accounts.desk.future_tokens.find(std::string(each.text()));
        if (found == now.cluster.accounts.desk.future_tokens.end()) continue;
        const account* who = now.cluster.accounts.by_id(found->second);
        if (who && who->phone == phone) return who;
    }
    return nullptr;
}

// The settings that follow differ between layers: only the number is read of each.
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
    if (const account* who = known_by_token(now, boxed, phone)) return {sent_nothing(admit(now, *who)), {}};
    return {send_code_by(now, phone, 0), {}};
}

sent_code& pending(const call& now, const std::string& phone, const std::string& hash) {
    sent_code* sent = now.cluster.accounts.desk.codes.find(phone, hash);
    if (!sent) throw refusal{400, "PHONE_CODE_EXPIRED"};
    return *sent;
}

// The hash is another, the old one is void.
reply resend(call& now, const std::string& written, const std::string& hash) {
    const std::string phone = checked_phone(now, written);
    const sent_code sent = pending(now, phone, hash);
    const local_dc_sign_in& rules = now.cluster.options.sign_in;
    const duration left = sent.sent_at + rules.code_timeout - now.cluster.env.time->now();
    if (left > duration{})
        throw refusal{420,
                      "FLOOD_WAIT_" + std::to_string(std::chrono::ceil<std::chrono::seconds>(left).count())};
    // A single way serves as often as is asked.
    const std::size_t next = rules.codes.size() > 1 ? sent.place + 1 : sent.place;
    if (next > 0 && next >= rules.codes.size()) throw refusal{406, "SEND_CODE_UNAVAILABLE"};
    now.cluster.accounts.desk.codes.forget(hash);
    return {send_code_by(now, phone, next, sent.email), {}};
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
    const std::string phone = checked_phone(now, query.phone_number);
    pending(now, phone, query.phone_code_hash);
    now.cluster.accounts.desk.codes.forget(query.phone_code_hash);
    return {tl::encode(true), {}};
}

/// Whether a code can be given that way.
bool is_given_as(const call& now, const sent_code& sent, bool by_email) {
    const std::vector<local_code>& ways = now.cluster.options.sign_in.codes;
    const local_code way = sent.place < ways.size() ? ways[sent.place] : local_code::app;
    if (way == local_code::firebase || way == local_code::set_up_email) return false;
    return by_email == (way == local_code::email);
}

/// `code`: by e-mail or not.
reply with_code(call& now, const std::string& written, const std::string& hash, const std::string& code,
                bool by_email = false) {
    const std::string phone = checked_phone(now, written);
    sent_code& sent = pending(now, phone, hash);
    if (code.empty() || !is_given_as(now, sent, by_email)) throw refusal{400, "PHONE_CODE_EMPTY"};
    if (code != now.cluster.options.login_code)
        throw refusal{400, by_email ? "EMAIL_CODE_INVALID" : "PHONE_CODE_INVALID"};
    sent.confirmed = true;
    const account* who = now.cluster.accounts.by_phone(phone);
    if (!who) return {tl::encode(tl::auth::authorizationSignUpRequired{}), {}};
    return {admit(now, *who), {}};
}

reply sign_in_with_code(call& now, tl::auth::signIn& query) {
    const auto* mail =
        query.email_verification ? query.email_verification->as<tl::emailVerificationCode>() : nullptr;
    const std::string code = mail ? mail->code : query.phone_code.value_or("");
    return with_code(now, query.phone_number, query.phone_code_hash, code, mail != nullptr);
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
    const std::string phone = checked_phone(now, written);
    if (!pending(now, phone, hash).confirmed) throw refusal{400, "PHONE_CODE_INVALID"};
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
    if (!known || !now.cluster.accounts.password_of(*known)) throw refusal{401, "AUTH_KEY_UNREGISTERED"};
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
    tl::auth::loggedOut answer;
    if (now.cluster.options.sign_in.future_tokens && !now.user().bot)
        answer.future_auth_token = new_future_token(now, now.login.user);
    now.login = {};
    return {tl::encode(answer), {}};
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
