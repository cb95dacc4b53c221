// account.*, users.*, updates.*: the signed-in user, and the password's challenge.
#include "crypto/random_bytes.hpp"
#include "localdc/decoded.hpp"
#include "localdc/layers.hpp"
#include "localdc/objects.hpp"
#include "localdc/sign_in.hpp"

#include <mtproto/tl_api.hpp>

#include <array>

namespace mtproto::localdc {
namespace {

constexpr std::size_t secure_random_size = 256;
constexpr std::size_t new_salt_size = 8;
constexpr std::size_t most_users = 100;  // of one question
// updates.getDifference as layer 144 spells it (without two of the limits).
constexpr std::uint32_t older_get_difference_id = 0x25939651;

tl::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow algorithm(bytes salt1, bytes salt2) {
    tl::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow made;
    made.salt1 = std::move(salt1);
    made.salt2 = std::move(salt2);
    made.g = crypto::telegram_dh_g;
    made.p = bytes::copy(crypto::telegram_dh_prime());
    return made;
}

reply get_password(call& now, tl::account::getPassword&) {
    // Without a login it takes a code that was right: otherwise anyone could collect challenges.
    if (now.login.user == 0 && now.login.awaits_password == 0) throw refusal{401, "AUTH_KEY_UNREGISTERED"};
    const account* who =
        now.cluster.accounts.by_id(now.login.user != 0 ? now.login.user : now.login.awaits_password);
    const local_dc_sign_in& rules = now.cluster.options.sign_in;
    tl::account::password answer;
    if (const password_check* own = who ? now.cluster.accounts.password_of(*who) : nullptr) {
        const password_check& check = *own;
        auto challenge = crypto::srp_challenge::make(check.group(), check.verifier, *now.cluster.env.random);
        if (!challenge) throw refusal{500, "INTERNAL"};
        now.login.challenge_id = static_cast<std::int64_t>(now.cluster.env.random->next_u64());
        answer.has_password = true;
        answer.has_recovery = !rules.recovery_code.empty();
        if (!rules.password_hint.empty()) answer.hint = rules.password_hint;
        answer.current_algo = algorithm(check.salt1, check.salt2);
        answer.srp_B = bytes::copy(challenge->b_public());
        answer.srp_id = now.login.challenge_id;
        now.login.challenge = std::move(*challenge);
    }
    answer.new_algo = algorithm(crypto::random_bytes(*now.cluster.env.random, new_salt_size),
                                crypto::random_bytes(*now.cluster.env.random, new_salt_size));
    answer.new_secure_algo = tl::securePasswordKdfAlgoUnknown{};
    answer.secure_random = crypto::random_bytes(*now.cluster.env.random, secure_random_size);
    return {encode_for(now.layer, answer), {}};
}

std::int64_t id_of(const call& now, const tl::InputUser& user) {
    if (user.as<tl::inputUserSelf>()) return now.login.user;
    const auto* other = user.as<tl::inputUser>();
    return other ? other->user_id : 0;
}

reply get_users(call& now, tl::users::getUsers& query) {
    if (query.id.size() > most_users) throw refusal{400, "USERS_TOO_MUCH"};
    std::vector<tl::User> answer;
    for (const tl::InputUser& each : query.id) {
        const std::int64_t id = id_of(now, each);
        if (const account* known = now.cluster.accounts.by_id(id)) {
            answer.push_back(make_user(now, *known));
        } else if (id != 0) {
            tl::userEmpty nobody;
            nobody.id = id;
            answer.push_back(std::move(nobody));
        }
    }
    return {encode_for(now.layer, answer), {}};
}

reply get_full_user(call& now, tl::users::getFullUser& query) {
    const account* known = now.cluster.accounts.by_id(id_of(now, query.id));
    if (!known) throw refusal{400, "USER_ID_INVALID"};
    tl::users::userFull answer;
    answer.full_user.id = known->id;
    answer.users.push_back(make_user(now, *known));
    return {encode_for(now.layer, answer), {}};
}

reply get_state(call& now, tl::updates::getState&) {
    return {tl::encode(state_of_updates(now)), {}};
}

reply no_difference(const call& now) {
    tl::updates::differenceEmpty answer;
    answer.date = now.cluster.date();
    answer.seq = 1;
    return {tl::encode(answer), {}};
}

reply get_difference(call& now, tl::updates::getDifference&) {
    return no_difference(now);
}

reply older_get_difference(call& now, const bytes&) {
    return no_difference(now);
}

reply update_status(call&, tl::account::updateStatus&) {
    return {tl::encode(true), {}};
}

}  // namespace

std::span<const method> account_methods() {
    static constexpr std::array all{
        entry<tl::account::getPassword, get_password>(needs::connection),
        entry<tl::account::updateStatus, update_status>(needs::login),
        entry<tl::users::getUsers, get_users>(needs::login),
        entry<tl::users::getFullUser, get_full_user>(needs::login),
        entry<tl::updates::getState, get_state>(needs::login),
        entry<tl::updates::getDifference, get_difference>(needs::login),
        method{older_get_difference_id, tl::updates::getDifference::tl_name, needs::login, false,
               older_get_difference},
    };
    return all;
}

}  // namespace mtproto::localdc
