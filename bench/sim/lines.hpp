// The client's connections for files: they connect when first asked, connect again, and ask again.
#pragma once

#include "sim/event_queue.hpp"
#include "sim/server.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace mtproto::sim {

/// Whose requests go over a line.
class asker {
  public:
    virtual ~asker() = default;
    virtual void answered(std::uint64_t ticket, const answer& what) = 0;
    /// All that this one had under way on the line will not be answered.
    virtual void lost(int line) = 0;
    /// The line that was checked is alive, or connected anew.
    virtual void ready(int line) = 0;
};

/// All downloads of an account share them, as they do in a client.
class lines {
  public:
    /// net::connection leaves a data centre alone for so long that answered with -429.
    static constexpr duration flood_pause = std::chrono::seconds(4);
    /// With requests under way and nothing heard for so long a line is pinged, and given up when nothing
    /// comes for the second time: session::options.
    static constexpr duration probe_after = std::chrono::seconds(2);
    static constexpr duration silence_limit = std::chrono::seconds(3);

    lines(event_queue& events, server& to, duration rtt);

    /// Connects the first `count` lines without being asked for anything.
    void warm_up(int count);
    void ask(int line, asker& who, std::uint64_t ticket, std::int64_t size);
    void drop(int line, const asker& who, std::uint64_t ticket);
    /// Nothing came though something was due: pinged, and connected anew when no answer comes. ready() or
    /// lost() follows.
    void check(int line, asker& who);

    std::int64_t received() const noexcept { return received_; }
    std::int64_t requests() const noexcept { return last_request_; }
    int flood_answers() const noexcept { return flood_answers_; }
    int asked_early() const noexcept { return asked_early_; }
    int connected() const noexcept;

    /// Called when the number of connections changes.
    std::function<void()> on_change;

  private:
    struct request {
        asker* who = nullptr;
        std::uint64_t ticket = 0;
        std::int64_t size = 0;
    };
    struct one {
        std::int64_t connection = 0;  ///< the server's number; 0: none
        bool connecting = false;
        bool pinging = false;
        bool watched = false;
        time_point resume_at{};
        time_point heard{};
        std::map<std::uint64_t, request> requests;
        std::vector<asker*> checking;
    };

    one& at(int line) { return lines_.at(static_cast<std::size_t>(line)); }
    void connect(int line);
    void send(one& over, std::uint64_t id);
    void answered(int line, std::uint64_t id, const answer& what);
    void ended(int line, std::int64_t connection, bool flood);
    void begin_anew(int line);
    void tell_ready(one& over, int line);
    void ping(int line, duration patience);
    void watch(int line);
    void changed() const;

    event_queue& events_;
    server& server_;
    duration rtt_;
    std::vector<one> lines_;
    std::uint64_t last_request_ = 0;
    std::int64_t received_ = 0;
    int flood_answers_ = 0;
    int asked_early_ = 0;
    time_point wait_known_until_{};
};

}  // namespace mtproto::sim
