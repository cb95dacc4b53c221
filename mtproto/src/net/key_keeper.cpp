// One connection makes a key, and the others wait for it.
#include "net/key_keeper.hpp"

#include "net/obtain_key.hpp"
#include "net/prove_key.hpp"
#include "net/rpc_failure.hpp"
#include "rpc/backoff.hpp"
#include "wire/obfuscated.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <utility>
#include <variant>

namespace mtproto::net {

key_keeper::key_keeper(services& shared, std::shared_ptr<key_slot> slot, const connection_options& settings,
                       rekeying& keys, dial_again dial)
    : shared_(shared), slot_(std::move(slot)), settings_(settings), keys_(keys), dial_(std::move(dial)) {}

key_wishes key_keeper::wishes() const {
    key_wishes made;
    made.dc = wire::dc_mark{settings_.dc, shared_.test_cluster, settings_.media}.number();  // protocol 2.4
    made.media = settings_.media;
    made.answer_timeout = settings_.exchange_timeout;
    made.rsa_keys = settings_.rsa_keys;
    return made;
}

io::awaitable<outcome<obtained_key>> key_keeper::obtain(link& over) {
    slot_->expire(shared_.now());
    if (slot_->doubted()) {
        const outcome<void> proved = co_await prove(over);
        if (!proved) co_return proved.error();
    }
    obtained_key obtained;
    const auto make = [&]() -> io::awaitable<outcome<void>> {
        outcome<made_key> made = co_await make_key(shared_, *slot_, over, wishes());
        if (!made) co_return made.error();
        obtained.round_trip = made->round_trip;
        obtained.ended_sessions = std::move(made->sessions);
        keys_.add_previous(made->refused_keys);
        co_return outcome<void>{};
    };
    const outcome<void> there = co_await obtain_key(*slot_, settings_.media, make);
    if (!there) co_return there.error();
    co_return obtained;
}

io::awaitable<outcome<void>> key_keeper::prove(link& over) {
    const rekeying::key_ptr doubted = slot_->key();
    const outcome<std::vector<std::int64_t>> used = co_await prove_key(shared_, slot_, over, wishes());
    if (!used) {
        // Where it was given up the link ends with its key, which is no failure of the calls.
        if (!slot_->key()) keys_.begin(doubted);
        co_return used.error();
    }
    keys_.add_previous(*used);
    co_return outcome<void>{};
}

io::awaitable<void> key_keeper::keep(session_pump& pump, const session_calls& calls,
                                     const reconnect_policy& policy) {
    io::event& turn = pump.key_turn();
    if (!slot_->temporary()) {  // stays as long as the link does
        while (co_await turn.wait()) {
        }
        co_return;
    }
    rpc::backoff pause;
    for (;;) {
        const time_point now = shared_.now();
        slot_->expire(now);
        std::optional<time_point> next;
        const std::optional<key_life>& life = slot_->life();
        switch (keys_.next_step(slot_->key(), calls.table().idle(), policy.last_answer(), now)) {
            case rekeying::step::switch_session:
                pump.begin_session();
                continue;
            case rekeying::step::end_link:
                pump.end(errc::connection_closed);
                co_return;
            case rekeying::step::await_answers:
                next = keys_.leave_by(policy.last_answer());
                break;
            case rekeying::step::none:
                if (life && now >= life->renew_at && slot_->begin_exchange()) {
                    const exchange_turn made_here(*slot_);
                    const outcome<void> renewed = co_await renew();
                    if (!renewed && renewed.error().code == make_error_code(errc::cancelled)) co_return;
                    if (!renewed) {
                        shared_.log(log_level::warning,
                                    "no fresh temporary key: " + renewed.error().message());
                        const duration asked = advice_on(renewed.error(), true).delay;
                        slot_->postpone_renewal(shared_.now() +
                                                pause.next(*shared_.environment.random, asked));
                    }
                    continue;
                }
                // When another connection renews it, that tells of itself.
                if (life) next = now < life->renew_at ? life->renew_at : life->end;
                break;
        }
        if (!co_await rest(turn, next)) co_return;
    }
}

/// Until then, or until there is something to look at. False when cancelled.
io::awaitable<bool> key_keeper::rest(io::event& turn, std::optional<time_point> until) {
    using namespace boost::asio::experimental::awaitable_operators;
    const auto went_well = [](const auto& woken) {
        return std::visit([](const result<void>& waited) { return waited.has_value(); }, woken);
    };
    if (until) {
        const auto woken =
            co_await (shared_.environment.time->sleep_until(*until) || slot_->changed() || turn.wait());
        co_return went_well(woken);
    }
    const auto woken = co_await (slot_->changed() || turn.wait());
    co_return went_well(woken);
}

/// On a link of its own: the old key carries calls meanwhile.
io::awaitable<outcome<void>> key_keeper::renew() {
    outcome<dialled> over = co_await dial_();
    if (!over) co_return over.error();
    link aside(std::move(*over), shared_.buffers, *shared_.environment.random, [] {});
    const outcome<made_key> made = co_await make_key(shared_, *slot_, aside, wishes());
    if (!made) co_return made.error();
    co_return outcome<void>{};
}

}  // namespace mtproto::net
