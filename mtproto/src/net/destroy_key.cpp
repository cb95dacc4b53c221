// One message and its answer, which is no rpc_result (protocol 5).
#include "net/destroy_key.hpp"

#include "net/exchange.hpp"
#include "net/link.hpp"
#include "net/one_shot_call.hpp"
#include "net/rpc_failure.hpp"
#include "net/within.hpp"
#include "session/session.hpp"
#include "wire/container.hpp"
#include "wire/envelope.hpp"
#include "wire/transport_errors.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace mtproto::net {
namespace {

/// Whether the key is gone, by a body of the server's; nothing when that is about something else.
std::optional<outcome<void>> told_by(const bytes& body) {
    switch (wire::constructor_of(body)) {
        case tl::destroy_auth_key_ok::tl_id:
        case tl::destroy_auth_key_none::tl_id:
            return outcome<void>();
        case tl::destroy_auth_key_fail::tl_id:
            return outcome<void>(failure(errc::rpc_error, "the server keeps the key"));
        default:
            return std::nullopt;
    }
}

std::optional<outcome<void>> verdict_of(session::session& in) {
    while (const std::optional<session::event> happened = in.next_event()) {
        const auto* answered = std::get_if<session::answer>(&*happened);
        const auto* news = std::get_if<session::update>(&*happened);
        if (answered != nullptr || news != nullptr)
            if (auto told = told_by(answered != nullptr ? answered->body : news->body)) return told;
        if (const auto* refused = std::get_if<session::rpc_failure>(&*happened))
            return outcome<void>(failure_of(rpc::parse_error(refused->code, refused->text)));
        if (const auto* broken = std::get_if<session::link_broken>(&*happened))
            return outcome<void>(failure(broken->code, broken->text));
    }
    return std::nullopt;
}

io::awaitable<outcome<void>> ask(services& shared, link& over, session::session& in) {
    in.send(tl::encode(tl::destroy_auth_key{}), session::send_options());
    in.connected(shared.now());
    for (;;) {
        std::vector<wire::packet> packets;
        while (std::optional<wire::packet> next = in.next_packet(shared.now(), shared.unix_now()))
            packets.push_back(std::move(*next));
        if (!packets.empty()) {
            const auto written = co_await over.write(packets);
            if (!written) co_return failure(written.error());
        }
        outcome<wire::packet> received = co_await read_message(over);
        if (!received) {
            const bool unknown = received.error().rpc_code == wire::no_such_key;
            co_return unknown ? outcome<void>() : outcome<void>(received.error());
        }
        if (wire::key_id_of(*received) != in.key()->id()) continue;
        in.receive(wire::open(in.prepare(std::move(*received))), shared.now(), shared.unix_now());
        if (const std::optional<outcome<void>> verdict = verdict_of(in)) co_return *verdict;
    }
}

io::awaitable<outcome<void>> dial_and_ask(services& shared, destination where, session::session& in) {
    outcome<dialled> stream = co_await shared.dialer->dial(where);
    if (!stream) co_return stream.error();
    link over(std::move(*stream), shared.buffers, *shared.environment.random, [] {});
    co_return co_await ask(shared, over, in);
}

}  // namespace

io::awaitable<outcome<void>> destroy_key(services& shared, destination where,
                                         std::shared_ptr<const crypto::auth_key> key,
                                         session::salt_book salts, duration patience) {
    session::session in(std::move(key), std::move(salts), where.time_offset, *shared.environment.random,
                        one_shot_options());
    io::awaitable<outcome<void>> asking = dial_and_ask(shared, std::move(where), in);
    co_return co_await within(*shared.environment.time, shared.now() + patience, std::move(asking));
}

}  // namespace mtproto::net
