// What a connection does with reader, writer and timer, in a row: one request needs no more.
#include "net/one_shot_call.hpp"

#include "net/exchange.hpp"
#include "net/rpc_failure.hpp"
#include "net/within.hpp"
#include "wire/envelope.hpp"

#include <vector>

namespace mtproto::net {
namespace {

/// What the session says of its only request; nothing as long as that is open.
std::optional<outcome<bytes>> verdict_of(session::session& in) {
    while (std::optional<session::event> what = in.next_event()) {
        if (auto* answered = std::get_if<session::answer>(&*what)) return std::move(answered->body);
        if (const auto* refused = std::get_if<session::rpc_failure>(&*what))
            return failure_of(rpc::parse_error(refused->code, refused->text));
        if (const auto* lost = std::get_if<session::request_lost>(&*what)) return failure(lost->why);
        if (const auto* broken = std::get_if<session::link_broken>(&*what))
            return failure(broken->code, broken->text);
    }
    return std::nullopt;
}

}  // namespace

session::options one_shot_options() {
    session::options made;
    made.keep_alive = false;
    return made;
}

io::awaitable<outcome<bytes>> one_shot_call(services& shared, link& over, session::session& in,
                                            session::body_maker request, duration patience) {
    session::send_options how;
    how.idempotent = true;
    in.send(std::move(request), how);
    in.connected(shared.now());
    const time_point deadline = shared.now() + patience;
    for (;;) {
        std::vector<wire::packet> packets;
        while (std::optional<wire::packet> next = in.next_packet(shared.now(), shared.unix_now()))
            packets.push_back(std::move(*next));
        if (!packets.empty()) {
            if (const auto written = co_await over.write(packets); !written)
                co_return failure(written.error());
        }
        outcome<wire::packet> received =
            co_await within(*shared.environment.time, deadline, read_message(over));
        if (!received) co_return received.error();
        if (wire::key_id_of(*received) != in.key()->id()) continue;
        in.receive(wire::open(in.prepare(std::move(*received))), shared.now(), shared.unix_now());
        if (std::optional<outcome<bytes>> verdict = verdict_of(in)) co_return std::move(*verdict);
    }
}

}  // namespace mtproto::net
