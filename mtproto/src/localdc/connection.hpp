// One client's connection: packets in, packets out, over the line that the options describe.
#pragma once

#include "io/event.hpp"
#include "io/stream.hpp"
#include "localdc/cluster.hpp"
#include "localdc/key_exchange.hpp"
#include "traffic/line.hpp"
#include "wire/envelope.hpp"
#include "wire/framing.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <array>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <set>

namespace mtproto::localdc {

/// Lives until its coroutines end; keeps the cluster alive. On the cluster's executor only.
class connection final : public std::enable_shared_from_this<connection>, private part_source {
  public:
    /// `framing`: as the greeting told; nothing when the first bytes of `stream` tell it.
    connection(std::shared_ptr<cluster> world, data_centre& dc, std::unique_ptr<io::stream> stream,
               std::optional<wire::framing> framing);
    ~connection() override;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Serves the client until either side closes.
    static io::awaitable<void> run(std::shared_ptr<connection> self);
    /// Ends run() soon.
    void close() noexcept;
    /// From now on nothing is answered: a fault.
    void fall_silent() noexcept { silent_ = true; }

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
        std::optional<traffic::fault_kind> spoiled{};
        // A quick acknowledgement:
        std::uint32_t token = 0;

        std::size_t size() const;
    };
    /// What has been received and is still on its way, as the line has it.
    struct incoming {
        time_point due{};
        wire::packet data;
    };
    class packing;

    // Loops, each a coroutine; the end of one ends all.
    static constexpr std::size_t loop_count = 4;
    void start(std::size_t which, io::awaitable<void> (connection::*loop)());
    void note_end(const std::exception_ptr& thrown) const;
    static io::awaitable<void> keep(std::shared_ptr<connection> self,
                                    io::awaitable<void> (connection::*loop)());
    io::awaitable<void> read_loop();
    io::awaitable<void> process_loop();
    io::awaitable<void> write_loop();
    io::awaitable<void> watch_loop();

    // Packets (connection.cpp).
    void handle_packet(wire::packet data);
    void handle_plain(const wire::packet& data);
    void handle_sealed(wire::packet data);
    std::shared_ptr<key_state> find_key(std::int64_t id);

    // Messages (messages.cpp).
    struct context {
        std::shared_ptr<key_state> key;
        std::shared_ptr<session> in;
    };
    void handle_opened(const std::shared_ptr<key_state>& key, const wire::opened& packet);
    bad_msg check_time(std::int64_t msg_id) const;
    std::shared_ptr<session> attach(const std::shared_ptr<key_state>& key, std::int64_t id,
                                    std::int64_t first_msg_id);
    void handle_message(const context& at, std::int64_t msg_id, std::int32_t seqno, const bytes& body);
    void handle_query(const context& at, std::int64_t msg_id, const bytes& body);
    bool act_on(const context& at, const traffic::fault& fault, message& answer);

    // Service messages (service.cpp): false when `body` is none.
    bool handle_service(const context& at, std::int64_t msg_id, const bytes& body);
    void resend(const context& at, std::int64_t msg_id, const std::vector<std::int64_t>& wanted);
    bytes states_of(const context& at, const std::vector<std::int64_t>& wanted) const;
    void drop_answer(const context& at, std::int64_t msg_id, std::int64_t req_msg_id);
    bytes destroy_session(const context& at, std::int64_t id);

    // Sending (outbox.cpp).
    void send(const context& at, message content);
    void reject(const context& at, std::int64_t msg_id, std::int32_t seqno, bad_msg code);
    void send_payload(wire::packet payload, std::optional<traffic::fault_kind> spoiled = {});
    void send_transport_error(std::int32_t code);
    void send_quick_ack(std::uint32_t token);
    void enqueue(outgoing what);
    bool queue_is_full() const noexcept;
    time_point first_due() const;
    std::vector<outgoing> take_batch();
    io::awaitable<bool> write_over_line(const packing& packed);

    bool read(const served_file& file, std::int64_t offset, byte_span into) override;
    void give_up(outgoing& unreadable);

    std::shared_ptr<cluster> world_;
    data_centre& dc_;
    std::unique_ptr<io::stream> stream_;
    wire::frame_reader frames_in_;
    std::optional<wire::frame_writer> frames_out_;
    key_exchange exchange_;
    wire::server_msg_ids plain_ids_;
    traffic::line line_in_;
    traffic::line line_out_;
    bool instant_;

    std::deque<incoming> arriving_;
    std::size_t arriving_bytes_ = 0;
    io::event arrived_;  // or room was made in arriving_
    std::deque<outgoing> queue_;
    std::size_t queue_held_bytes_ = 0;
    io::event queue_changed_;
    /// Sessions of one connection: no client has more than a few.
    static constexpr std::size_t most_attached = 64;
    std::set<std::shared_ptr<session>> attached_;
    std::optional<time_point> close_at_;  // ping_delay_disconnect
    io::event close_at_changed_;
    std::array<boost::asio::cancellation_signal, loop_count> cancel_;
    std::size_t running_ = 0;
    io::event loop_ended_;
    bool silent_ = false;  // a fault: nothing is answered any more
    bool closed_ = false;
};

}  // namespace mtproto::localdc
