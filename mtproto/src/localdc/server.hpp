// The cluster's ports and connections.
#pragma once

#include "localdc/cluster.hpp"
#include "localdc/connection.hpp"
#include "localdc/greeting.hpp"

#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace mtproto::localdc {

/// Listens on two ports a data centre, and on one of the CDN and of the MTProxy if there is one, and keeps
/// the connections, until it is stopped.
class server final : public std::enable_shared_from_this<server> {
  public:
    explicit server(std::shared_ptr<cluster> world);

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
    io::awaitable<result<greeted>> greet_at(const door& at, std::unique_ptr<io::stream> stream);

    std::shared_ptr<cluster> world_;
    std::vector<std::shared_ptr<door>> doors_;
    std::set<io::stream*> greeting_;
    std::set<connection*> connections_;
    std::optional<wire::fake_tls_guard> proxy_;
    std::int64_t accepted_ = 0;
    bool stopped_ = false;
};

}  // namespace mtproto::localdc
