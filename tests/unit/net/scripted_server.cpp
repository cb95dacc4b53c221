// The scripted data centre's wire side.
#include "unit/net/scripted_server.hpp"

#include "crypto/seeded_random.hpp"
#include "wire/container.hpp"
#include "wire/envelope.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace mtproto::test {

scripted_answer reply(bytes body) {
    scripted_answer made;
    made.body = std::move(body);
    return made;
}

scripted_answer reply_error(int code, std::string text) {
    tl::rpc_error error;
    error.error_code = code;
    error.error_message = std::move(text);
    return reply(tl::encode(error));
}

std::shared_ptr<const crypto::auth_key> key_of_test(std::uint64_t seed) {
    crypto::seeded_random random(seed);
    std::array<std::byte, crypto::auth_key::size> key{};
    random.fill(key);
    return std::make_shared<const crypto::auth_key>(key);
}

namespace {

constexpr std::int64_t salt_of_test = 0x5a17;

struct line {
    explicit line(std::unique_ptr<io::stream> over, random_source& random, int number)
        : stream(std::move(over)),
          reader(wire::role::server, std::nullopt, pool),
          source(&random),
          changed(nullptr),
          number(number) {}

    std::unique_ptr<io::stream> stream;
    std::shared_ptr<const crypto::auth_key> key;  // that its packets came under
    buffer_pool pool;
    wire::frame_reader reader;
    std::optional<wire::frame_writer> writer;
    random_source* source;
    std::unique_ptr<io::event> changed;
    std::vector<wire::packet> outgoing;
    bool closed = false;
    bool last_was_sent = false;  // close once it is out
    int number;
};

}  // namespace

struct scripted_server::state : std::enable_shared_from_this<state> {
    state(io::simulation& in, int number, io::endpoint at, std::shared_ptr<const crypto::auth_key> with,
          handler how)
        : world(&in), dc(number), place(std::move(at)), keys{std::move(with)}, answer(std::move(how)) {}

    io::simulation* world;
    int dc;
    io::endpoint place;
    std::vector<std::shared_ptr<const crypto::auth_key>> keys;
    handler answer;
    std::unique_ptr<io::acceptor> door;
    std::vector<std::shared_ptr<line>> lines;
    std::vector<seen_request> requests;
    std::set<std::int64_t> drops;
    std::set<std::pair<std::int64_t, std::int64_t>> answered;  // msg_ids, each with its session
    std::set<std::int64_t> session_ids;
    wire::server_msg_ids ids;
    crypto::seeded_random random{7};
    std::int32_t seqno = 0;
    std::int32_t refusing = 0;
    int accepted = 0;

    void send(const std::shared_ptr<line>& on, std::int64_t session_id, const bytes& body, bool response) {
        wire::message_header head;
        head.salt = salt_of_test;
        head.session_id = session_id;
        head.msg_id = ids.next(world->time().unix_now(), response);
        head.seqno = response ? 2 * seqno++ + 1 : 2 * seqno;
        push(on, wire::seal(on->key, wire::role::server, head, body, random).data);
    }
    bool knows(std::int64_t msg_id) const {
        return std::any_of(requests.begin(), requests.end(),
                           [&](const seen_request& r) { return r.msg_id == msg_id; });
    }
    static void push(const std::shared_ptr<line>& on, wire::packet what) {
        on->outgoing.push_back(std::move(what));
        on->changed->notify();
    }
    void close(line& which) {
        which.closed = true;
        which.stream->close();
        which.changed->notify();
    }

    static io::awaitable<void> answer_later(std::shared_ptr<state> self, std::shared_ptr<line> on,
                                            seen_request what, scripted_answer how) {
        if (how.after > duration{}) co_await self->world->time().sleep_for(how.after);
        if (on->closed) co_return;
        if (how.drop_line) {
            self->close(*on);
        } else if (how.refuse != 0) {
            push(on, wire::transport_error(how.refuse));
        } else if (how.break_key) {
            wire::message_header head;
            wire::packet broken = wire::seal(on->key, wire::role::server, head, how.body, self->random).data;
            broken.span()[broken.size - 1] ^= std::byte{1};
            push(on, std::move(broken));
        } else if (!how.body.empty() && self->answered.emplace(what.session_id, what.msg_id).second) {
            self->send(on, what.session_id, wire::write_rpc_result(what.msg_id, how.body), true);
            on->last_was_sent = how.close_after;
            on->changed->notify();
        }
    }

    void take(const std::shared_ptr<line>& on, std::int64_t session_id, std::int64_t msg_id,
              const bytes& packed) {
        const bytes body = wire::unpack_gzip(packed).value();
        const std::uint32_t id = wire::constructor_of(body);
        if (id == tl::ping_delay_disconnect::tl_id || id == tl::ping::tl_id) {
            tl::pong answer_to;
            answer_to.msg_id = msg_id;
            answer_to.ping_id = id == tl::ping::tl_id ? tl::decode<tl::ping>(body)->ping_id
                                                      : tl::decode<tl::ping_delay_disconnect>(body)->ping_id;
            send(on, session_id, tl::encode(answer_to), true);
            return;
        }
        if (id == tl::rpc_drop_answer::tl_id) {
            const std::int64_t dropped = tl::decode<tl::rpc_drop_answer>(body)->req_msg_id;
            drops.insert(dropped);
            const bytes told = tl::encode(tl::rpc_answer_dropped_running{});
            send(on, session_id, wire::write_rpc_result(msg_id, told), true);
            // The dropped query is told the same, unless it was answered before (protocol 5.8).
            if (knows(dropped) && answered.emplace(session_id, dropped).second)
                send(on, session_id, wire::write_rpc_result(dropped, told), true);
            return;
        }
        if (id == tl::msgs_state_req::tl_id) {
            const auto asked = tl::decode<tl::msgs_state_req>(body);
            tl::msgs_state_info info;
            info.req_msg_id = msg_id;
            std::vector<std::byte> states;
            for (const std::int64_t each : asked->msg_ids) {
                states.push_back(std::byte{knows(each) ? std::uint8_t{4} : std::uint8_t{1}});
            }
            info.info = bytes::copy(byte_view(states));
            send(on, session_id, tl::encode(info), true);
            return;
        }
        if (id == tl::msgs_ack::tl_id || id == tl::get_future_salts::tl_id ||
            id == tl::destroy_session::tl_id)
            return;
        seen_request request;
        request.dc = dc;
        request.connection = on->number;
        request.msg_id = msg_id;
        request.session_id = session_id;
        request.method = id;
        request.body = body;
        if (id == tl::invokeWithLayer::tl_id) {
            const auto layer = tl::decode<tl::invokeWithLayer>(body);
            const auto init = tl::decode<tl::initConnection>(layer->query.data);
            request.initialized = true;
            request.device = init->device_model + ", " + init->system_version;
            request.body = init->query.data;
            request.method = wire::constructor_of(request.body);
        }
        requests.push_back(request);
        scripted_answer how = answer(request);
        io::asio::co_spawn(world->executor(),
                           answer_later(shared_from_this(), on, std::move(request), std::move(how)),
                           io::asio::detached);
    }

    static io::awaitable<void> write_loop(std::shared_ptr<line> on) {
        while (!on->closed) {
            if (on->outgoing.empty()) {
                if (!co_await on->changed->wait()) co_return;
                continue;
            }
            const std::vector<wire::packet> now = std::exchange(on->outgoing, {});
            for (const wire::packet& each : now) {
                const wire::frame around = on->writer->wrap(each.view());
                const std::array<byte_view, 3> parts{around.header(), each.view(), around.trailer()};
                if (!co_await on->stream->write(parts)) co_return;
            }
            if (on->last_was_sent && on->outgoing.empty()) on->stream->close();
        }
    }

    /// Under whichever key it was sealed, which becomes the line's. Opening works in place: on a copy.
    std::optional<wire::opened> open(const wire::packet& sealed,
                                     std::shared_ptr<const crypto::auth_key>& used) const {
        for (const auto& each : keys) {
            auto opened = wire::open(wire::packet::copy(sealed.view()), each, wire::role::server);
            if (!opened) continue;
            used = each;
            return std::move(*opened);
        }
        return std::nullopt;
    }

    static io::awaitable<void> serve(std::shared_ptr<state> self, std::shared_ptr<line> on) {
        for (;;) {
            const auto count = co_await on->stream->read_some(on->reader.prepare());
            if (!count || *count == 0 || !on->reader.commit(*count)) break;
            while (std::optional<wire::packet> packet = on->reader.next()) {
                if (!on->writer) on->writer.emplace(wire::role::server, *on->reader.kind(), self->random);
                if (self->refusing != 0) {
                    push(on, wire::transport_error(self->refusing));
                    continue;
                }
                const auto opened = self->open(*packet, on->key);
                if (!opened) {
                    constexpr std::int32_t no_such_key = -404;
                    push(on, wire::transport_error(no_such_key));
                    continue;
                }
                const wire::message_header head = opened->header;
                self->session_ids.insert(head.session_id);
                if (wire::constructor_of(opened->body) != wire::msg_container_id) {
                    self->take(on, head.session_id, head.msg_id, opened->body);
                    continue;
                }
                const auto inside = wire::read_container(opened->body);
                for (const wire::contained& each : *inside)
                    self->take(on, head.session_id, each.msg_id, each.body);
            }
        }
        self->close(*on);
    }

    static io::awaitable<void> accept(std::shared_ptr<state> self) {
        io::acceptor* door = self->door.get();
        for (;;) {
            auto incoming = co_await door->accept();
            if (!incoming) co_return;
            const auto on = std::make_shared<line>(std::move(*incoming), self->random, ++self->accepted);
            on->changed = std::make_unique<io::event>(self->world->executor());
            self->lines.push_back(on);
            io::asio::co_spawn(self->world->executor(), write_loop(on), io::asio::detached);
            io::asio::co_spawn(self->world->executor(), serve(self, on), io::asio::detached);
        }
    }
};

scripted_server::scripted_server(io::simulation& world, int dc, io::endpoint where,
                                 std::shared_ptr<const crypto::auth_key> key, handler answer)
    : state_(std::make_shared<state>(world, dc, std::move(where), std::move(key), std::move(answer))) {
    listen();
}

scripted_server::~scripted_server() {
    stop();
    drop_lines();
    state_->world->settle();
}

io::endpoint scripted_server::where() const {
    return state_->place;
}

void scripted_server::listen() {
    state_->door = state_->world->net().listen(state_->place).value();
    io::asio::co_spawn(state_->world->executor(), state::accept(state_), io::asio::detached);
    state_->world->settle();
}

void scripted_server::stop() {
    if (!state_->door) return;
    state_->door->close();
    state_->world->settle();
    state_->door.reset();
}

void scripted_server::drop_lines() {
    for (const auto& each : std::exchange(state_->lines, {}))
        state_->close(*each);
}

void scripted_server::set_handler(handler answer) {
    state_->answer = std::move(answer);
}

void scripted_server::add_key(std::shared_ptr<const crypto::auth_key> key) {
    state_->keys.push_back(std::move(key));
}

void scripted_server::refuse_all(std::int32_t code) {
    state_->refusing = code;
}

const std::vector<seen_request>& scripted_server::seen() const {
    return state_->requests;
}

int scripted_server::count(std::uint32_t method) const {
    return static_cast<int>(std::count_if(state_->requests.begin(), state_->requests.end(),
                                          [&](const seen_request& r) { return r.method == method; }));
}

int scripted_server::connections() const {
    return state_->accepted;
}

const std::set<std::int64_t>& scripted_server::dropped() const {
    return state_->drops;
}

const std::set<std::int64_t>& scripted_server::sessions() const {
    return state_->session_ids;
}

}  // namespace mtproto::test
