// One client's connection: packets in, packets out, over the path that the options describe.
#pragma once

#include "io/event.hpp"
#include "io/stream.hpp"
#include "localdc/arrivals.hpp"
#include "localdc/cluster.hpp"
#include "localdc/connection_parts.hpp"
#include "localdc/faulty_link.hpp"
#include "localdc/idle_limit.hpp"
#include "localdc/key_exchange.hpp"
#include "localdc/loop_group.hpp"
#include "localdc/message_dispatcher.hpp"
#include "localdc/outbox.hpp"
#include "localdc/paced_writer.hpp"
#include "localdc/slow_answers.hpp"
#include "wire/msg_id.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace mtproto::localdc {

/// Lives until its coroutines end; keeps the cluster alive. On the cluster's executor only.
class server_connection final : public std::enable_shared_from_this<server_connection>,
                                private connection_control,
                                private content_reader {
  public:
    /// `framing`: as the greeting told; nothing when the first bytes of `stream` tell it. `facts`: how it was
    /// accepted.
    server_connection(std::shared_ptr<cluster> of, data_centre& dc, std::unique_ptr<io::stream> stream,
                      std::optional<wire::framing> framing, const traffic::connection_facts& facts = {});
    ~server_connection() override;
    server_connection(const server_connection&) = delete;
    server_connection& operator=(const server_connection&) = delete;

    /// Serves the client until either side closes.
    static io::awaitable<void> run(std::shared_ptr<server_connection> self);
    /// Ends run() soon.
    void close() noexcept override;
    /// Does to itself what a fault of connections says.
    void apply_fault(const traffic::fault& fault) override;
    /// Whether the client has a key, agreed on here or proved by a packet under it.
    bool has_key() const noexcept { return idle_.has_key(); }
    bool closed() const noexcept { return link_.closed(); }

  private:
    using loop = io::awaitable<void> (server_connection::*)();
    void start(loop running);
    static io::awaitable<void> run_loop(std::shared_ptr<server_connection> self, loop running);
    io::awaitable<void> read_loop();
    io::awaitable<void> process_loop();
    io::awaitable<void> write_loop();
    io::awaitable<void> watch_loop();
    io::awaitable<void> fault_loop();

    void arrive(wire::packet data);
    void handle_packet(wire::packet data);
    void handle_plain(const wire::packet& data);
    void handle_sealed(wire::packet data);
    void add_key(const agreed_key& agreed, unix_time now);
    std::shared_ptr<key_state> find_key(std::int64_t id);

    io::awaitable<bool> write_batch();
    void count_part(const key_state& key, const file_part& part);
    std::vector<account_traffic*> accounts_of(const framed_batch& batch) const;
    void meet_connection_fault();
    void let_go_what_is_due();
    std::optional<time_point> next_timer() const;

    void close_at(time_point when) override;
    bool read(const served_file& file, std::int64_t offset, byte_span into) override;

    std::shared_ptr<cluster> cluster_;
    data_centre& dc_;
    faulty_link link_;
    key_exchange exchange_;
    wire::server_msg_ids plain_ids_;
    arrivals arrivals_;
    paced_writer writer_;
    slow_answers slow_;
    outbox outbox_;
    message_dispatcher dispatcher_;
    idle_limit idle_;
    io::event idle_changed_;
    loop_group loops_;
};

}  // namespace mtproto::localdc
