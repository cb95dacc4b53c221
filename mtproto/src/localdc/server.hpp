// The cluster's ports and connections.
#pragma once

#include "localdc/cluster.hpp"
#include "localdc/greeting.hpp"
#include "localdc/server_connection.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace mtproto::localdc {

/// How many connections a process may have open at a time that may open so many files: others need some, too.
std::size_t connections_for(std::uint64_t open_files) noexcept;

/// Listens on two ports a data centre, and on one of the CDN and of the MTProxy if there is one, and keeps
/// the connections, until it is stopped.
class server final : public std::enable_shared_from_this<server> {
  public:
    explicit server(std::shared_ptr<cluster> of);

    /// Binds all ports and fills in the cluster's info. On failure nothing stays bound.
    outcome<void> start();
    void stop() noexcept;
    /// Connections that are open, those that are greeted included.
    std::size_t connections() const noexcept { return greeting_.size() + connections_.size(); }

  private:
    struct door {
        std::unique_ptr<io::acceptor> listening;
        data_centre* dc = nullptr;  // of an MTProxy's: none
        bool media = false;
    };

    outcome<std::unique_ptr<io::acceptor>> listen(int number);
    outcome<void> open_door(int number, data_centre* dc, bool media, std::uint16_t& port);
    static io::awaitable<void> accept_loop(std::shared_ptr<server> self, std::shared_ptr<door> at);
    static io::awaitable<void> receive(std::shared_ptr<server> self, std::shared_ptr<door> at,
                                       std::unique_ptr<io::stream> stream, traffic::connection_facts facts,
                                       const traffic::fault* fault);
    io::awaitable<result<greeted>> greet_at(const door& at, std::unique_ptr<io::stream> stream,
                                            std::int64_t number);
    io::awaitable<void> end_late_greeting(std::int64_t number);
    bool make_room();
    bool close_oldest_stranger();

    std::shared_ptr<cluster> cluster_;
    std::vector<std::shared_ptr<door>> doors_;
    std::map<std::int64_t, io::stream*> greeting_;  // by the connection's number
    std::map<std::int64_t, server_connection*> connections_;
    std::optional<wire::fake_tls_guard> proxy_;
    std::int64_t accepted_ = 0;
    bool stopped_ = false;
};

}  // namespace mtproto::localdc
