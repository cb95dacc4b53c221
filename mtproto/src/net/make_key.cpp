// From no key to one that requests may use.
#include "net/make_key.hpp"

#include "handshake/bind.hpp"
#include "net/exchange.hpp"
#include "net/init_connection.hpp"
#include "net/obtain_key.hpp"
#include "net/one_shot_call.hpp"
#include "net/rpc_failure.hpp"
#include "wire/transport_errors.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

namespace mtproto::net {
namespace {

/// Temporary keys that are tried before the fault is looked for elsewhere.
constexpr int most_tries = 2;

using auth_key_ptr = std::shared_ptr<const crypto::auth_key>;

io::awaitable<outcome<exchanged>> exchange(services& shared, link& over, key_wishes how,
                                           std::optional<std::chrono::seconds> lifetime = {},
                                           std::int64_t passed_over = 0) {
    handshake::options settings;
    settings.dc = how.dc;
    settings.keys = how.rsa_keys.empty() ? shared.rsa_keys : std::move(how.rsa_keys);
    settings.primes = &shared.primes;
    if (lifetime) settings.temporary_lifetime = static_cast<std::int32_t>(lifetime->count());
    outcome<exchanged> made =
        co_await exchange_key(over, std::move(settings), *shared.environment.random, *shared.environment.time,
                              how.answer_timeout, passed_over);
    co_return made;
}

io::awaitable<outcome<duration>> make_permanent(services& shared, key_slot& slot, link& over,
                                                key_wishes how) {
    outcome<exchanged> made = co_await exchange(shared, over, how);
    if (!made) co_return made.error();
    slot.set(std::move(made->key.key), session::salt_book(made->key.salt), made->key.time_offset);
    co_return made->round_trip;
}

/// Makes a permanent key, or waits for the one that another connection makes.
io::awaitable<outcome<void>> have_permanent(services& shared, key_slot& slot, link& over, key_wishes how) {
    const auto make = [&]() -> io::awaitable<outcome<void>> {
        const outcome<duration> made = co_await make_permanent(shared, slot, over, how);
        if (!made) co_return made.error();
        co_return outcome<void>{};
    };
    co_return co_await obtain_key(slot, how.media, make);
}

/// auth.bindTempAuthKey for the msg_id that it gets (protocol 3.2).
bytes binding_request(const crypto::auth_key& permanent, const handshake::binding& what,
                      random_source& random) {
    tl::auth::bindTempAuthKey request;
    request.perm_auth_key_id = permanent.id();
    request.nonce = what.nonce;
    request.expires_at = static_cast<std::int32_t>(what.expires_at);
    request.encrypted_message = handshake::bind_message(permanent, what, random);
    return tl::encode(request);
}

/// Binds the key of `in`. An answer that is not "true" is an error like the server's own.
io::awaitable<outcome<void>> bind(services& shared, link& over, session::session& in, auth_key_ptr permanent,
                                  std::int64_t expires_at, key_wishes how) {
    random_source& random = *shared.environment.random;
    session::body_maker request = [&in, &random, permanent, expires_at](std::int64_t msg_id) {
        handshake::binding what;
        what.nonce = static_cast<std::int64_t>(random.next_u64());
        what.temp_key_id = in.key()->id();
        what.temp_session_id = in.session_id();
        what.expires_at = expires_at;
        what.msg_id = msg_id;
        return binding_request(*permanent, what, random);
    };
    const outcome<bytes> answer =
        co_await one_shot_call(shared, over, in, std::move(request), how.answer_timeout);
    if (answer) {
        const result<bool> bound = tl::decode<bool>(*answer);
        if (!bound) co_return failure(bound.error());
        if (*bound) co_return outcome<void>{};
        rpc::rpc_error in_other_words;
        in_other_words.code = 400;
        in_other_words.type = "ENCRYPTED_MESSAGE_INVALID";
        co_return failure_of(in_other_words);
    }
    co_return answer.error();
}

/// Whether the server knows the permanent key: a harmless request under that key itself. A failure of the
/// link tells nothing.
io::awaitable<outcome<bool>> is_known(services& shared, const key_slot& slot, link& over, key_wishes how) {
    session::session in(slot.key(), slot.salts(), slot.time_offset(), *shared.environment.random,
                        one_shot_options());
    const tl::help::getNearestDc harmless{};
    session::body_maker request =
        [body = init_connection(shared.client, tl::encode(harmless))](std::int64_t) { return body; };
    const outcome<bytes> answer =
        co_await one_shot_call(shared, over, in, std::move(request), how.answer_timeout);
    if (answer) co_return true;
    const failure& why = answer.error();
    if (why.code == make_error_code(errc::rpc_error)) co_return true;  // whatever it says, under that key
    if (why.code == make_error_code(errc::transport_error) && why.rpc_code == wire::no_such_key)
        co_return false;
    co_return why;
}

/// What a server says of a binding and another temporary key may mend, or the permanent one is to blame for.
bool is_refusal(const failure& why) {
    if (why.code != make_error_code(errc::rpc_error)) return false;
    const rpc::action what = advice_on(why, true).action;
    return what != rpc::action::wait && what != rpc::action::retry && what != rpc::action::back_off;
}

/// The account's, at general and media-only addresses alike.
rpc::flood_policy::key binding_at(const key_wishes& how) {
    return rpc::flood_key(std::abs(how.dc), tl::auth::bindTempAuthKey::tl_name);
}

failure held_binding(time_point until, time_point now) {
    failure told = rest_of_wait(until, now);
    told.method = tl::auth::bindTempAuthKey::tl_name;
    return told;
}

/// No error of a request: rooms above must not take it for one, and end a login for it.
failure in_words(const failure& why, std::string_view more) {
    failure told(errc::handshake_failed);
    told.method = tl::auth::bindTempAuthKey::tl_name;
    told.detail = "no temporary key can be bound, " + std::to_string(why.rpc_code) + " " + why.rpc_type +
                  "; " + std::string(more);
    return told;
}

/// The permanent key is probed before anything is given up (protocol 3.5).
io::awaitable<failure> refused_binding(services& shared, key_slot& permanent, link& over, key_wishes how,
                                       failure why) {
    const auth_key_ptr key = permanent.key();
    if (!key) co_return errc::connection_closed;  // given up by another connection: begin again
    if (advice_on(why, true).action == rpc::action::session_dead) {
        permanent.drop();
        co_return in_words(why, "the permanent key is given up");
    }
    shared.log(log_level::warning, "no temporary key can be bound: probing the permanent one");
    const outcome<bool> known = co_await is_known(shared, permanent, over, how);
    if (!known) co_return known.error();
    if (*known) {
        permanent.accepted();
        co_return in_words(why, "the permanent key is known to the server");
    }
    if (permanent.disowned(key, shared.now()))
        shared.log(log_level::warning, "the server has forgotten the authorization key");
    co_return in_words(why, "the server does not know the permanent key");
}

io::awaitable<outcome<made_key>> make_temporary(services& shared, key_slot& slot, link& over,
                                                key_wishes how) {
    made_key done;
    key_slot* const behind = slot.permanent().get();
    duration round_trip = duration::max();
    for (int tried = 1;; ++tried) {
        if (behind) {
            const outcome<void> there = co_await have_permanent(shared, *behind, over, how);
            if (!there) co_return there.error();
        }
        const auth_key_ptr permanent = behind ? behind->key() : nullptr;
        const time_point asked = shared.now();
        const rpc::flood_policy::key binding = binding_at(how);
        if (const auto until = shared.floods.not_before(binding, asked); behind && until)
            co_return held_binding(*until, asked);
        const std::int64_t refused_key = done.refused_keys.empty() ? 0 : done.refused_keys.back();
        outcome<exchanged> made = co_await exchange(shared, over, how, slot.lifetime(), refused_key);
        if (!made) co_return made.error();
        round_trip = std::min(round_trip, made->round_trip);
        session::session in(made->key.key, session::salt_book(made->key.salt), made->key.time_offset,
                            *shared.environment.random, one_shot_options());
        if (behind) {
            const std::int64_t expires_at = made->key.expires_at.value_or(0);
            const outcome<void> bound = co_await bind(shared, over, in, permanent, expires_at, how);
            if (!bound && !is_refusal(bound.error())) {
                const rpc::advice advice = advice_on(bound.error(), true);
                if (advice.action != rpc::action::wait) co_return bound.error();
                const time_point now = shared.now();
                shared.floods.hold(binding, now, advice.delay);
                co_return held_binding(now + advice.delay, now);
            }
            if (!bound && tried < most_tries) {
                done.refused_keys.push_back(in.key()->id());
                continue;
            }
            if (!bound) co_return co_await refused_binding(shared, *behind, over, how, bound.error());
            if (behind->key() != permanent) co_return errc::connection_closed;  // given up meanwhile
            behind->accepted();
            done.sessions.push_back(in.session_id());
        }
        slot.set(in.key(), in.salts(), in.time_offset(),
                 life_of(*slot.lifetime(), asked, *shared.environment.random));
        shared.log(log_level::info, "a temporary key was made");
        done.round_trip = round_trip;
        co_return done;
    }
}

}  // namespace

io::awaitable<outcome<made_key>> make_key(services& shared, key_slot& slot, link& over, key_wishes how) {
    if (slot.temporary()) co_return co_await make_temporary(shared, slot, over, how);
    const outcome<duration> round_trip = co_await make_permanent(shared, slot, over, how);
    if (!round_trip) co_return round_trip.error();
    made_key done;
    done.round_trip = *round_trip;
    co_return done;
}

}  // namespace mtproto::net
