// One client's connection: packets in, packets out, over the line that the options describe.
#pragma once

#include "io/event.hpp"
#include "io/stream.hpp"
#include "localdc/cluster.hpp"
#include "localdc/key_exchange.hpp"
#include "localdc/wrappers.hpp"
#include "traffic/fault_plan.hpp"
#include "traffic/path.hpp"
#include "wire/container.hpp"
#include "wire/envelope.hpp"
#include "wire/framing.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <array>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>

namespace mtproto::localdc {

struct call;
struct ran;

/// Lives until its coroutines end; keeps the cluster alive. On the cluster's executor only.
class connection final : public std::enable_shared_from_this<connection>, private part_source {
  public:
    /// `framing`: as the greeting told; nothing when the first bytes of `stream` tell it. `facts`: how it was
    /// accepted.
    connection(std::shared_ptr<cluster> world, data_centre& dc, std::unique_ptr<io::stream> stream,
               std::optional<wire::framing> framing, const traffic::connection_facts& facts = {});
    ~connection() override;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Serves the client until either side closes.
    static io::awaitable<void> run(std::shared_ptr<connection> self);
    /// Ends run() soon.
    void close() noexcept;
    /// Whether the client has a key, agreed on here or proved by a packet under it.
    bool has_key() const noexcept { return has_key_; }
    bool closed() const noexcept { return closed_; }
    /// Does to itself what a fault of connections says.
    void suffer(const traffic::fault& what);

  private:
    /// What waits to be sent.
    struct outgoing {
        enum class kind { sealed, payload, quick_ack };
        kind what = kind::sealed;
        time_point entered{};  ///< when it was handed to the line
        // A message of a session:
        message content{};
        std::shared_ptr<key_state> key{};
        std::shared_ptr<session> in{};
        // A packet that is ready (the key exchange's, or a transport error):
        wire::packet payload{};
        const traffic::fault* spoiled = nullptr;
        bool was_held = false;  // by a fault; it meets with no other
        // A quick acknowledgement:
        std::uint32_t token = 0;

        std::size_t size() const;
    };
    /// What has been received and is still on its way, as the line has it.
    struct incoming {
        time_point due{};
        wire::packet data;
    };
    /// A packet that a fault holds back.
    struct held {
        traffic::direction way = traffic::direction::out;
        bool until_next = false;
        wire::packet data;
    };
    /// Where a message belongs.
    struct context {
        std::shared_ptr<key_state> key;
        std::shared_ptr<session> in;
    };
    /// An answer that takes the server long.
    struct slow_answer {
        context at;
        message answer;
    };
    /// A message of a packet, and the query that it is unless it is the protocol's own.
    struct received_message {
        std::int64_t msg_id = 0;
        std::int32_t seqno = 0;
        bytes body;
        bool service = false;
        unwrapped query;
    };
    class packing;

    // Loops, each a coroutine; the end of one ends all.
    static constexpr std::size_t loop_count = 5;
    void start(std::size_t which, io::awaitable<void> (connection::*loop)());
    void note_end(const std::exception_ptr& thrown) const;
    static io::awaitable<void> keep(std::shared_ptr<connection> self,
                                    io::awaitable<void> (connection::*loop)());
    io::awaitable<void> read_loop();
    io::awaitable<void> process_loop();
    io::awaitable<void> write_loop();
    io::awaitable<void> watch_loop();
    io::awaitable<void> fault_loop();

    time_point deadline() const;

    // Packets (connection.cpp).
    void arrive(wire::packet data);
    void handle_packet(wire::packet data);
    void handle_plain(const wire::packet& data);
    void handle_sealed(wire::packet data);
    std::shared_ptr<key_state> find_key(std::int64_t id);

    // Messages (messages.cpp).
    void handle_opened(const std::shared_ptr<key_state>& key, const wire::opened& packet);
    bad_msg check_time(std::int64_t msg_id) const;
    std::shared_ptr<session> attach(const std::shared_ptr<key_state>& key, std::int64_t id,
                                    std::int64_t first_msg_id);
    std::vector<received_message> unwrap_all(std::vector<wire::contained> messages);
    void handle_message(const context& at, const received_message& what);
    void handle_query(const context& at, std::int64_t msg_id, const unwrapped& query);
    bool has_one_session_too_many(const context& at);
    bool act_on(const context& at, const traffic::fault& fault, message& answer);

    // Faults (connection_faults.cpp, query_faults.cpp).
    void meet_connection_fault();
    io::awaitable<bool> thawed();
    void receive(wire::packet data);
    const traffic::fault* fault_of_packet(const traffic::fault* marked, const wire::packet& data);
    bool spoil(const traffic::fault& fault, wire::packet& data);
    void hold(wire::packet data, traffic::direction way, time_point until, bool until_next);
    void let_overtaken_follow(traffic::direction way);
    void release_held();
    void release_slow();
    std::optional<time_point> next_release() const;
    struct query_faults {
        bool refused = false;                        // the whole packet: it was answered
        std::map<std::int64_t, bad_msg> messages{};  // by msg_id
    };
    query_faults meet_query_faults(const context& at, const wire::message_header& head,
                                   std::span<const received_message> messages, bool in_container);
    void watch_floods(const call& now, const ran& done);
    void forget_session(key_state& key, std::int64_t id);

    // Service messages (service.cpp): false when `body` is none.
    bool handle_service(const context& at, std::int64_t msg_id, const bytes& body);
    void resend(const context& at, std::int64_t msg_id, const std::vector<std::int64_t>& wanted);
    bytes states_of(const context& at, const std::vector<std::int64_t>& wanted) const;
    void drop_answer(const context& at, std::int64_t msg_id, std::int64_t req_msg_id);
    bytes destroy_session(const context& at, std::int64_t id);

    // Sending (outbox.cpp).
    void send(const context& at, message content);
    void reject(const context& at, std::int64_t msg_id, std::int32_t seqno, bad_msg code);
    void send_payload(wire::packet payload, const traffic::fault* spoiled = nullptr);
    void send_transport_error(std::int32_t code);
    void send_quick_ack(std::uint32_t token);
    void enqueue(outgoing what);
    bool queue_is_full() const noexcept;
    time_point first_due() const;
    std::vector<outgoing> take_batch();
    io::awaitable<bool> write_over_line(const packing& packed);
    account_traffic* account_behind(const outgoing& what) const;
    time_point due_at(time_point entered, std::int64_t size, account_traffic* account);

    bool read(const served_file& file, std::int64_t offset, byte_span into) override;
    void give_up(outgoing& unreadable);

    std::shared_ptr<cluster> world_;
    data_centre& dc_;
    std::unique_ptr<io::stream> stream_;
    wire::frame_reader frames_in_;
    std::optional<wire::frame_writer> frames_out_;
    key_exchange exchange_;
    wire::server_msg_ids plain_ids_;
    traffic::path line_in_;
    traffic::path line_out_;
    bool instant_;
    std::size_t slice_;  ///< bytes that large packets are cut into

    std::deque<incoming> arriving_;
    std::size_t arriving_bytes_ = 0;
    io::event arrived_;  // or room was made in arriving_
    std::deque<outgoing> queue_;
    std::size_t queue_held_bytes_ = 0;
    io::event queue_changed_;
    /// Sessions of one connection: no client has more than a few.
    static constexpr std::size_t most_attached = 64;
    std::set<std::shared_ptr<session>> attached_;
    time_point last_active_;   // when a packet came or went
    bool has_packet_ = false;  // one has come
    bool has_key_ = false;
    std::optional<time_point> close_at_;  // ping_delay_disconnect
    io::event close_at_changed_;
    std::array<boost::asio::cancellation_signal, loop_count> cancel_;
    std::size_t running_ = 0;
    io::event loop_ended_;

    // Of faults.
    traffic::connection_facts facts_;
    bool answered_ = false;       // anything, in a session
    bool silent_ = false;         // nothing is answered any more
    bool half_closed_ = false;    // nothing is sent any more
    bool ended_writing_ = false;  // and the stream knows
    time_point frozen_until_{};
    std::multimap<time_point, held> held_;
    std::multimap<time_point, slow_answer> slow_;
    std::size_t held_bytes_ = 0;
    io::event fault_timer_changed_;
    bool closed_ = false;
};

}  // namespace mtproto::localdc
