// One client's stream as packets, with what faults do to them and to the connection.
#pragma once

#include "io/environment.hpp"
#include "io/event.hpp"
#include "io/stream.hpp"
#include "localdc/framed_batch.hpp"
#include "localdc/held_packets.hpp"
#include "localdc/packing.hpp"
#include "traffic/fault_plan.hpp"
#include "wire/framing.hpp"

#include <mtproto/clock.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace mtproto::localdc {

/// Lies between the stream and the connection. Faults that end the connection or answer something are the
/// connection's to act on; all others are done here.
class faulty_link {
  public:
    struct options {
        std::optional<wire::framing> framing;  ///< nothing: the stream's first bytes tell it
        traffic::connection_facts facts;       ///< how it was accepted
        std::size_t most_received = 0;         ///< bytes of a packet
        std::size_t most_of_strangers = 0;     ///< the same under a key that nobody `knows`
        std::function<bool(std::int64_t)> knows;
    };
    /// `env`, `plan` and `buffers` must outlive it.
    faulty_link(const io::environment& env, traffic::fault_plan& plan, buffer_pool& buffers,
                std::unique_ptr<io::stream> stream, options given);

    const traffic::connection_facts& facts() const noexcept { return facts_; }
    io::stream& stream() noexcept { return *stream_; }

    // The connection.

    /// The fault that strikes the connection as something goes over it, or because its time has come; null
    /// for none. Call expect_faults() once it was acted on.
    const traffic::fault* connection_fault();
    void expect_faults();
    void half_close() noexcept { half_closed_ = true; }
    void freeze(duration time);
    void silence() noexcept { silent_ = true; }
    void close() noexcept;

    bool closed() const noexcept { return closed_; }
    /// Whether nothing is answered any more.
    bool silent() const noexcept { return silent_; }
    /// Whether nothing is sent any more.
    bool half_closed() const noexcept { return half_closed_; }
    bool frozen() const { return frozen_until_ > time_point{} && frozen_until_ > env_.time->now(); }
    time_point frozen_until() const noexcept { return frozen_until_; }
    /// Waits while it is frozen. False when it is closed then.
    io::awaitable<bool> thawed();
    /// Tells the client of the half close, once. No write may be under way.
    void tell_half_close();

    // Packets from the client.

    /// Reads some bytes. False when no more will come.
    io::awaitable<bool> read();
    /// The next whole packet of what was read.
    std::optional<wire::packet> next();
    /// The packets that go on now of one that has come: none, it, or it twice. When any does,
    /// overtaken() is due afterwards.
    std::vector<wire::packet> pass_in(wire::packet data);

    // Packets to the client.

    /// Puts a packet into its frame, unless a fault keeps it.
    void frame(const packing::item& packed, framed_batch& into);

    /// A packet went by: those that a fault held back until one does are due.
    void overtaken(traffic::direction way);
    /// A packet that was held back and is due, or nothing.
    std::optional<held_packets::held> take_due() { return held_.take_due(env_.time->now()); }
    /// When a fault may strike, or a packet be due, though nothing goes over the connection.
    std::optional<time_point> next_fault() const;
    std::optional<time_point> next_due() const { return held_.next(); }
    /// next_fault() or next_due() may be sooner.
    io::event& timer_changed() noexcept { return timer_changed_; }

  private:
    const traffic::fault* fault_of_packet(const traffic::fault* marked, const wire::packet& data);
    bool damage(const traffic::fault& fault, wire::packet& data);
    wire::frame frame_of(const wire::packet& packet, bool wrong_length);

    const io::environment& env_;
    traffic::fault_plan& plan_;
    traffic::connection_facts facts_;
    std::unique_ptr<io::stream> stream_;
    wire::frame_reader frames_in_;
    std::optional<wire::frame_writer> frames_out_;  // as the client's
    held_packets held_;
    io::event timer_changed_;
    time_point frozen_until_{};
    bool silent_ = false;
    bool half_closed_ = false;
    bool half_close_told_ = false;
    bool closed_ = false;
};

}  // namespace mtproto::localdc
