// The cluster's ports and connections.
#pragma once

#include "localdc/cluster.hpp"
#include "localdc/connection.hpp"

#include <memory>
#include <set>
#include <vector>

namespace mtproto::localdc {

/// Listens on two ports a data centre and keeps the connections, until it is stopped.
class server final : public std::enable_shared_from_this<server> {
  public:
    explicit server(std::shared_ptr<cluster> world) : world_(std::move(world)) {}

    /// Binds all ports and fills in the cluster's info. On failure nothing stays bound.
    outcome<void> start();
    void stop() noexcept;

  private:
    struct door {
        std::unique_ptr<io::acceptor> listening;
        data_centre* dc = nullptr;
    };

    outcome<std::unique_ptr<io::acceptor>> listen(int number);
    static io::awaitable<void> accept_loop(std::shared_ptr<server> self, std::shared_ptr<door> at);
    static io::awaitable<void> serve(std::shared_ptr<server> self, std::shared_ptr<connection> client);

    std::shared_ptr<cluster> world_;
    std::vector<std::shared_ptr<door>> doors_;
    std::set<connection*> connections_;
    bool stopped_ = false;
};

}  // namespace mtproto::localdc
