// auth.*: login tokens, which one device asks for and another accepts (protocol 7.3).
#include "localdc/decoded.hpp"
#include "localdc/sign_in.hpp"

#include <mtproto/tl/writer.hpp>
#include <mtproto/tl_api.hpp>

#include <algorithm>
#include <array>

namespace mtproto::localdc {
namespace {

constexpr std::size_t most_except = 100;

/// auth.loginTokenSuccess around auth.authorization, which is spelled as the client's layer has it.
bytes success(byte_view authorization) {
    const std::size_t size = sizeof(std::uint32_t) + authorization.size();
    buffer made = buffer::allocate(size);
    tl::writer out(made.span().first(size));
    out.u32(tl::auth::loginTokenSuccess::tl_id);
    out.raw(authorization);
    return {std::move(made), 0, size};
}

unix_time server_time(const call& now) {
    return now.cluster.env.time->unix_now();
}

/// Who accepted it, or would have by now.
std::int64_t accepted_by(const call& now, const login_token_state& token) {
    const local_dc_sign_in& people = now.cluster.options.sign_in;
    if (token.accepted_by != 0 || people.scanning_phone.empty()) return token.accepted_by;
    if (token.asked_since + people.scan_after > server_time(now)) return 0;
    const account* who = now.cluster.accounts.by_phone(phone_digits(people.scanning_phone));
    return who ? who->id : 0;
}

const account& accepting(const call& now, std::int64_t user) {
    const account* who = now.cluster.accounts.by_id(user);
    if (!who) throw refusal{400, "AUTH_TOKEN_INVALID"};
    return *who;
}

reply new_token(call& now, std::vector<std::int64_t> except_users, const login_token_state* before) {
    login_token_state made;
    made.owner = {now.dc.id, now.key.key->id(), now.session.id(), !now.without_updates};
    made.permanent_key = permanent_key(now).key->id();
    made.except_users = std::move(except_users);
    made.asked_since = before ? before->asked_since : server_time(now);
    made.expires = server_time(now) + now.cluster.options.sign_in.token_life;
    tl::auth::loginToken answer;
    answer.expires =
        static_cast<std::int32_t>(std::chrono::floor<std::chrono::seconds>(made.expires).count());
    answer.token = now.cluster.accounts.desk.tokens.add(std::move(made), *now.cluster.env.random);
    return {tl::encode(answer), {}};
}

reply export_token(call& now, tl::auth::exportLoginToken& query) {
    if (query.api_id == 0) throw refusal{400, "API_ID_INVALID"};
    if (query.except_ids.size() > most_except) throw refusal{400, "LIMIT_INVALID"};
    if (now.login.user != 0) return {success(admit(now, now.user())), {}};
    login_tokens& tokens = now.cluster.accounts.desk.tokens;
    login_token_state* open = tokens.of_key(now.dc.id, permanent_key(now).key->id());
    if (open) open->accepted_by = accepted_by(now, *open);
    if (!open || open->accepted_by == 0) return new_token(now, std::move(query.except_ids), open);
    const bytes token = tokens.token_of(*open);
    if (now.dc.id != now.cluster.dcs.home) {
        tl::auth::loginTokenMigrateTo answer;
        answer.dc_id = now.cluster.dcs.home;
        answer.token = token;
        return {tl::encode(answer), {}};
    }
    const account& who = accepting(now, open->accepted_by);
    tokens.forget(token);
    return {success(admit(now, who)), {}};
}

reply import_token(call& now, tl::auth::importLoginToken& query) {
    if (now.login.user != 0) throw refusal{400, "AUTH_TOKEN_ALREADY_ACCEPTED"};
    login_tokens& tokens = now.cluster.accounts.desk.tokens;
    const login_token_state* known = tokens.find(query.token);
    if (!known || known->accepted_by == 0) throw refusal{400, "AUTH_TOKEN_INVALID"};
    const account& who = accepting(now, known->accepted_by);
    tokens.forget(query.token);
    return {success(admit(now, who)), {}};
}

/// updateLoginToken to whoever asked for it.
void tell_owner(const call& now, const token_owner& owner) {
    if (!owner.wants_updates || !now.cluster.options.sign_in.token_updates) return;
    data_centre* dc = now.cluster.dcs.find(owner.dc);
    if (!dc) return;
    const auto key = dc->keys.find(owner.key);
    if (key == dc->keys.end()) return;
    const auto session = key->second->sessions.find(owner.session);
    if (session == key->second->sessions.end()) return;
    tl::updateShort news;
    news.update = tl::updateLoginToken{};
    news.date = now.cluster.date();
    session->second->push({key->second, session->second}, {.body = tl::encode(news), .content = true});
}

reply accept_token(call& now, tl::auth::acceptLoginToken& query) {
    login_token_state* known = now.cluster.accounts.desk.tokens.find(query.token);
    if (!known) throw refusal{400, "AUTH_TOKEN_INVALID"};
    if (known->accepted_by != 0) throw refusal{400, "AUTH_TOKEN_ALREADY_ACCEPTED"};
    if (known->expires <= server_time(now)) throw refusal{400, "AUTH_TOKEN_EXPIRED"};
    const auto& except = known->except_users;
    if (std::find(except.begin(), except.end(), now.login.user) != except.end())
        throw refusal{400, "AUTH_TOKEN_EXCEPTION"};
    known->accepted_by = now.login.user;
    tell_owner(now, known->owner);
    tl::authorization answer;
    answer.hash = static_cast<std::int64_t>(now.cluster.env.random->next_u64());
    answer.device_model = "another device";
    answer.api_id = 1;
    answer.date_created = answer.date_active = now.cluster.date();
    return {tl::encode(answer), {}};
}

}  // namespace

std::span<const method> token_methods() {
    static constexpr std::array all{
        entry<tl::auth::exportLoginToken, export_token>(needs::connection),
        entry<tl::auth::importLoginToken, import_token>(needs::connection),
        entry<tl::auth::acceptLoginToken, accept_token>(needs::user),
    };
    return all;
}

}  // namespace mtproto::localdc
