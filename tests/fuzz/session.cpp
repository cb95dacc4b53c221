// A client's session that is fed with arbitrary messages sealed under its key, while requests come and go and
// time passes.
#include "session/session.hpp"

#include "crypto/seeded_random.hpp"
#include "fuzz.hpp"
#include "marks.hpp"
#include "seeded_key.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <set>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

const std::shared_ptr<const crypto::auth_key>& fixed_key() {
    static const auto key = fuzz::seeded_key(42);
    return key;
}

constexpr std::int64_t first_salt = 0x1111;
constexpr unsigned longest_wait = 4000;  // seconds: some rotations of the salts

session::options small_limits() {
    session::options made;
    made.inflated_limit = 1u << 16;  // bombs are cheap to meet
    return made;
}

// The session, both ends' clocks, and what its packets must be like.
class stage {
  public:
    stage() : under_test_(fixed_key(), session::salt_book(first_salt), 0s, random_, small_limits()) {}

    void step(fuzz::input& from) {
        switch (from.u8() % 8) {
            case 0:
            case 1:
                deliver(from);
                break;
            case 2:
                send(from);
                break;
            case 3:
                pass(std::chrono::milliseconds(from.u16()));
                break;
            case 4:
                pass(std::chrono::seconds(from.u16() % longest_wait));
                break;
            case 5:
                cancel(from.u8());
                break;
            case 6:
                disconnect();
                break;
            default:
                has_line_ = true;
                under_test_.connected(now_);
                break;
        }
        drain();
    }

  private:
    void pass(duration time) {
        const time_point until = now_ + time;
        // A session that wants to be called again at once, for ever, would keep a processor busy.
        constexpr int most_calls = 10000;
        int calls = 0;
        while (under_test_.deadline() && *under_test_.deadline() <= until) {
            fuzz::require(++calls < most_calls, "time passes between one deadline and the next");
            const time_point due = std::max(now_, *under_test_.deadline());
            unix_now_ += due - now_;
            now_ = due;
            under_test_.on_time(now_);
            drain();
        }
        unix_now_ += until - now_;
        now_ = until;
        under_test_.on_time(now_);
    }

    void send(fuzz::input& from) {
        const std::uint8_t choice = from.u8();
        session::send_options how;
        how.idempotent = choice & 1;
        how.compress = choice & 2;
        how.urgent = choice & 4;
        // Large ones go in packets of their own; they are few, since sealing them takes time.
        const bool large = (choice & 56) == 56;
        const std::size_t size = std::size_t{from.u8()} * (large ? 256 : 4);
        const bytes body = bytes::copy(std::vector<std::byte>(size + 4, std::byte{choice}));
        // What is made for its msg_id is small (bindTempAuthKey).
        const session::body_maker make = [body](std::int64_t) { return body; };
        const session::request_id made =
            choice & 16 && !large ? under_test_.send(make, how) : under_test_.send(body, how);
        fuzz::require(open_.insert(made.value).second, "a request's id is new");
    }

    void disconnect() {
        has_line_ = false;
        under_test_.disconnected(now_);
    }

    void cancel(std::uint64_t id) {
        under_test_.cancel({id});
        open_.erase(id);
    }

    void deliver(fuzz::input& from) {
        const std::uint8_t choice = from.u8();
        wire::message_header header;
        header.salt = first_salt;
        header.session_id = choice & 1 ? static_cast<std::int64_t>(from.u64()) : under_test_.session_id();
        header.msg_id = ids_.next(unix_now_, choice & 2);
        if (choice & 4) header.msg_id += static_cast<std::int64_t>(static_cast<std::int8_t>(from.u8())) << 36;
        if (choice & 8) header.msg_id = marks_.get(fuzz::mark::received, from.u8());
        if (choice & 16) header.msg_id = static_cast<std::int64_t>(from.u64());
        header.seqno = choice & 32 ? 1 : 0;
        const bytes body = marks_.fill(from.piece());
        marks_.add(fuzz::mark::received, header.msg_id);
        wire::sealed sealed = wire::seal(fixed_key(), wire::role::server, header, body, random_);
        under_test_.receive(wire::open(under_test_.prepare(std::move(sealed.data))), now_, unix_now_);
    }

    // The server's view: every packet opens, and follows the rules of protocol 4.6, 4.7 and 5.1.
    void look_into(wire::packet packet) {
        const auto opened = wire::open(std::move(packet), fixed_key(), wire::role::server);
        fuzz::require(opened.has_value(), "a packet opens");
        fuzz::require(opened->header.session_id == under_test_.session_id(), "a packet is of this session");
        if (session_id_ != under_test_.session_id()) {
            session_id_ = under_test_.session_id();
            used_.clear();
        }
        note(opened->header.msg_id, opened->header.seqno, opened->body);
        if (wire::constructor_of(opened->body) != wire::msg_container_id) return;
        fuzz::require(opened->body.size() <= wire::max_sent_container, "a container has its limit");
        const auto inside = wire::read_container(opened->body);
        fuzz::require(inside && !inside->empty(), "a container can be read");
        fuzz::require(inside->size() <= wire::max_sent_messages, "a container has its limit");
        for (const wire::contained& each : *inside) {
            fuzz::require(each.msg_id < opened->header.msg_id, "a container's id exceeds its children's");
            note(each.msg_id, each.seqno, each.body);
        }
    }

    void note(std::int64_t msg_id, std::int32_t seqno, const bytes& body) {
        fuzz::require(wire::is_client_msg_id(msg_id), "a client's msg_id is divisible by 4");
        fuzz::require(used_.insert(msg_id).second, "a msg_id is used once");
        fuzz::require(seqno >= 0, "a seqno is not negative");
        marks_.add(fuzz::mark::sent, msg_id);
        if (const auto ping = tl::decode<tl::ping_delay_disconnect>(body))
            marks_.add(fuzz::mark::ping, ping->ping_id);
    }

    void drain() {
        constexpr int most_packets = 1000;
        int packets = 0;
        while (std::optional<wire::packet> next = under_test_.next_packet(now_, unix_now_)) {
            fuzz::require(++packets < most_packets, "there is an end to what is to be sent");
            fuzz::require(has_line_, "nothing is sent without a line");
            look_into(std::move(*next));
        }
        while (const std::optional<session::event> next = under_test_.next_event()) {
            if (const auto* over = std::get_if<session::answer>(&*next)) end(over->id);
            if (const auto* over = std::get_if<session::rpc_failure>(&*next)) end(over->id);
            if (const auto* over = std::get_if<session::request_lost>(&*next)) end(over->id);
            if (std::holds_alternative<session::link_broken>(*next)) disconnect();
        }
    }

    void end(session::request_id id) { fuzz::require(open_.erase(id.value) == 1, "a request ends once"); }

    crypto::seeded_random random_{7};
    session::session under_test_;
    time_point now_{1000s};
    unix_time unix_now_ = 1'700'000'000s;
    wire::server_msg_ids ids_;
    fuzz::marks marks_;
    std::set<std::uint64_t> open_;
    std::set<std::int64_t> used_;
    std::int64_t session_id_ = 0;
    bool has_line_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input from(data, size);
    stage all;
    constexpr int most_steps = 200;
    for (int steps = 0; !from.empty() && steps < most_steps; ++steps)
        all.step(from);
    return 0;
}
