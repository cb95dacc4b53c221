// What wrappers ask for, finding a query's method, and turning refusals into errors.
#include "localdc/call.hpp"
#include "localdc/layers.hpp"
#include "localdc/sign_in.hpp"
#include "localdc/users_only.hpp"
#include "wire/container.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <utility>
#include <variant>

namespace mtproto::localdc {
namespace {

using method_table = std::unordered_map<std::uint32_t, const method*>;

const method_table& all_methods() {
    static const method_table table = [] {
        method_table made;
        for (const auto methods :
             {help_methods(), auth_methods(), account_methods(), message_methods(), upload_methods(),
              cdn_methods(), takeout_methods(), sign_in_methods(), token_methods()})
            for (const method& each : methods)
                made.emplace(each.id, &each);
        return made;
    }();
    return table;
}

struct apply_wrapper {
    call& now;

    void operator()(const names_layer& wrapper) const {
        if (!knows_layer(wrapper.layer)) throw refusal{400, "CONNECTION_LAYER_INVALID"};
        now.layer = wrapper.layer;
    }
    void operator()(const tells_device& wrapper) const {
        if (now.layer == 0) throw refusal{400, "CONNECTION_LAYER_INVALID"};
        if (wrapper.api_id == 0) throw refusal{400, "CONNECTION_API_ID_INVALID"};
        now.key.layer = now.layer;
        now.cluster.keeping.places.named(now.connection.number, wrapper.device);
    }
    void operator()(const comes_after& wrapper) const {
        for (const std::int64_t each : wrapper.msg_ids)
            if (now.session.failed(each)) throw refusal{400, "MSG_WAIT_FAILED"};
    }
    void operator()(const wants_no_updates&) const { now.without_updates = true; }
    void operator()(const within_takeout& wrapper) const {
        if (!now.cluster.keeping.takeouts.is_open(now.login.user, wrapper.id))
            throw refusal{400, "TAKEOUT_INVALID"};
        now.takeout = wrapper.id;
    }
    void operator()(const within_range&) const {
        if (!now.takeout) throw refusal{400, "TAKEOUT_REQUIRED"};
    }
};

bool is_bot(const call& now) {
    const account* who = now.cluster.accounts.by_id(now.login.user);
    return who && who->bot;
}

void check_state(const call& now, const method& wanted) {
    const side here = now.dc.id == cdn_number ? side::cdn : side::cloud;
    if (wanted.at != here && wanted.at != side::both) throw refusal{400, "CDN_METHOD_INVALID"};
    if (now.key.expires && !now.key.bound_to && !wanted.unbound) throw refusal{401, "AUTH_KEY_PERM_EMPTY"};
    if (wanted.before != needs::nothing && now.key.layer == 0) throw refusal{400, "CONNECTION_NOT_INITED"};
    if (wanted.before >= needs::login && now.login.user == 0)
        throw now.login.awaits_password != 0 ? refusal{401, "SESSION_PASSWORD_NEEDED"}
                                             : refusal{401, "AUTH_KEY_UNREGISTERED"};
    if (wanted.before == needs::user && is_bot(now)) throw refusal{400, "BOT_METHOD_INVALID"};
}

// Whatever is asked under a key that was used at two places at a time, its login is lost.
void check_key(call& now) {
    if (now.login.user == 0) return;
    const std::int64_t permanent = (now.key.bound_to ? *now.key.bound_to : now.key).key->id();
    if (now.cluster.keeping.places.is_elsewhere(now.dc.id, permanent, now.connection.number) &&
        !std::exchange(now.login.duplicated, true))
        ++now.cluster.counters.duplicated_keys;
    if (now.login.duplicated) throw refusal{406, "AUTH_KEY_DUPLICATED"};
}

// What the servers think of the account.
void check_standing(const call& now) {
    const account_standing& of = now.user().standing;
    if (const std::string_view gone = of.refusal_of(now.login.number); !gone.empty())
        throw refusal{401, std::string(gone)};
    if (of.is_frozen() && now.cluster.options.frozen_methods.contains(std::string(now.method)))
        throw refusal{420, "FROZEN_METHOD_INVALID"};
}

void check_waits(call& now) {
    const auto wait =
        now.cluster.keeping.waits.ask({now.login.user, now.method, now.dc.id}, now.cluster.env.time->now());
    if (!wait) return;
    if (wait->begins) count_flood(now);
    now.flood_wait = wait->wait;
    throw refusal{420, "FLOOD_WAIT_" + std::to_string(wait->wait.count())};
}

// Faults that are answers; the others are the connection's, or the method's, to act on.
void answer_fault(call& now, const traffic::fault& fault) {
    switch (fault.kind) {
        case traffic::fault_kind::rpc_error: {
            refusal made;
            const std::size_t space = fault.text.find(' ');
            std::from_chars(fault.text.data(), fault.text.data() + space, made.code);
            made.name = fault.text.substr(space + 1);
            throw made;
        }
        case traffic::fault_kind::expired_reference:
            now.cluster.secret.expire_references();
            throw refusal{400, "FILE_REFERENCE_EXPIRED"};
        case traffic::fault_kind::expired_token:
            if (now.cluster.dcs.cdn) now.cluster.dcs.cdn->expire_tokens();
            break;
        case traffic::fault_kind::forgotten_file:
            if (now.cluster.dcs.cdn) now.cluster.dcs.cdn->forget_files();
            break;
        case traffic::fault_kind::dropped_login:
            now.login = {};
            throw refusal{401, "AUTH_KEY_UNREGISTERED"};
        default:
            break;
    }
}

reply run_unwrapped(call& now, const unwrapped& asked) {
    for (const auto& each : asked.said)
        std::visit(apply_wrapper{now}, each);
    if (asked.broken) throw refusal{400, "INPUT_FETCH_ERROR"};
    if (now.layer == 0) now.layer = now.key.layer;

    const bytes& boxed = asked.query;
    check_key(now);
    const std::uint32_t id = wire::constructor_of(boxed);
    const method* wanted = find_method(id);
    if (is_for_users(id) && is_bot(now)) throw refusal{400, "BOT_METHOD_INVALID"};
    if (!wanted) throw refusal{400, "INPUT_METHOD_INVALID_" + std::to_string(id) + "_0"};
    now.method = wanted->name;
    now.query = boxed;
    check_state(now, *wanted);
    if (wanted->before >= needs::login) {
        check_standing(now);
        check_waits(now);
    }
    now.fault = now.cluster.faults.at_event(short_name(wanted->name), true, now.connection,
                                            now.cluster.env.time->now());
    if (now.fault) answer_fault(now, *now.fault);
    return wanted->run(now, boxed);
}

}  // namespace

const account& call::user() const {
    const account* known = cluster.accounts.by_id(login.user);
    if (!known) throw refusal{401, "AUTH_KEY_UNREGISTERED"};
    return *known;
}

void count_flood(call& now) {
    ++now.cluster.counters.accounts[now.login.user].flood_waits;
}

bool is_method(std::string_view name) {
    const method_table& all = all_methods();
    return std::any_of(all.begin(), all.end(),
                       [name](const auto& each) { return short_name(each.second->name) == name; });
}

const method* find_method(std::uint32_t id) {
    const auto found = all_methods().find(id);
    return found == all_methods().end() ? nullptr : found->second;
}

std::string_view asked_method(const unwrapped& asked) {
    const method* wanted = asked.broken ? nullptr : find_method(wire::constructor_of(asked.query));
    return wanted ? short_name(wanted->name) : std::string_view();
}

bytes encode_refusal(const refusal& why) {
    tl::rpc_error answer;
    answer.error_code = why.code;
    answer.error_message = why.name;
    return tl::encode(answer);
}

query_result run_query(call& now, const unwrapped& asked) {
    try {
        reply answer = run_unwrapped(now, asked);
        return {std::move(answer), now.fault};
    } catch (const refusal& why) {
        now.session.note_failure(now.msg_id);
        return {{encode_refusal(why), {}}, now.fault};
    }
}

}  // namespace mtproto::localdc
