// Drives handshake::client with packets and a time limit.
#include "net/exchange.hpp"

#include "handshake/client.hpp"
#include "net/link_failure.hpp"
#include "net/within.hpp"

#include <algorithm>
#include <array>

namespace mtproto::net {

io::awaitable<outcome<wire::packet>> read_message(link& over) {
    for (;;) {
        result<wire::packet> received = co_await over.read();
        if (!received) co_return failure(of_framing(received.error()));
        const wire::packet_class what = wire::classify(*received);
        if (what.kind == wire::packet_kind::message) co_return std::move(*received);
        if (what.kind == wire::packet_kind::transport_error) {
            failure refused(errc::transport_error);
            refused.rpc_code = what.code;
            co_return refused;
        }
        if (what.kind == wire::packet_kind::malformed) co_return errc::bad_frame;
    }
}

namespace {

/// An answer that is none does not verify, either: it says nothing of a request that waits for the key.
boost::system::error_code as_of_exchange(boost::system::error_code why) {
    for (const errc unreadable : {errc::malformed, errc::truncated, errc::too_large})
        if (why == make_error_code(unreadable)) return make_error_code(errc::handshake_failed);
    return why;
}

io::awaitable<outcome<wire::packet>> read_answer(link& over, std::int64_t passed_over) {
    for (;;) {
        outcome<wire::packet> received = co_await read_message(over);
        if (!received || passed_over == 0 || wire::key_id_of(*received) != passed_over) co_return received;
    }
}

}  // namespace

io::awaitable<outcome<exchanged>> exchange_key(link& over, handshake::options settings, random_source& random,
                                               io::timers& time, duration answer_timeout,
                                               std::int64_t passed_over) {
    handshake::client exchange(std::move(settings), random);
    exchanged made;
    made.round_trip = duration::max();
    std::optional<wire::packet> request = exchange.start(time.unix_now());
    while (request) {
        const time_point sent = time.now();
        const std::array<wire::packet, 1> packets{*request};
        if (const auto written = co_await over.write(packets); !written) co_return failure(written.error());
        outcome<wire::packet> answer =
            co_await within(time, sent + answer_timeout, read_answer(over, passed_over));
        if (!answer) co_return answer.error();
        made.round_trip = std::min(made.round_trip, time.now() - sent);
        result<std::optional<wire::packet>> next = exchange.receive(*answer, time.unix_now());
        if (!next) co_return failure(as_of_exchange(next.error()));
        request = std::move(*next);
    }
    made.key = exchange.take();
    co_return made;
}

}  // namespace mtproto::net
