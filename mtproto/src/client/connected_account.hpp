// The owner of one account: data centres, CDNs, configuration, authorizations, requests.
#pragma once

#include "client/account_connections.hpp"
#include "client/account_state.hpp"
#include "client/authorizations.hpp"
#include "client/cdn_pool.hpp"
#include "client/configuration.hpp"
#include "client/dc_pool.hpp"
#include "client/flood_sharing.hpp"
#include "client/flood_waits.hpp"
#include "client/lease_watch.hpp"
#include "client/login_site.hpp"
#include "client/requests.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace mtproto::core {

/// Owned by shared_ptr: each of its coroutines holds it. A pool of accounts holds one for each account.
class connected_account final : public account_connections,
                                public std::enable_shared_from_this<connected_account> {
  public:
    connected_account(io::environment environment, config settings, std::shared_ptr<const void> alive,
                      account_options options);
    ~connected_account() override;

    io::awaitable<outcome<void>> connect() override;
    io::awaitable<outcome<bool>> authorized() override;
    io::awaitable<outcome<account>> login(login_ui& ui, login_options options) override;
    io::awaitable<outcome<account>> login_bot(std::string token) override;
    io::awaitable<outcome<void>> logout() override;
    io::awaitable<outcome<bytes>> call(bytes request, std::string_view method, call_options options) override;
    io::awaitable<outcome<std::shared_ptr<file_connection>>> connection_for_files(int dc, int index) override;
    io::awaitable<outcome<std::shared_ptr<file_connection>>> connection_to_cdn(int dc, int index) override;
    const std::shared_ptr<wait_list>& waits() const noexcept override { return state_->waits; }
    rpc::flood_policy* floods() noexcept override { return &state_->services->floods; }
    io::awaitable<bool> look_elsewhere(int dc) override;
    std::optional<time_point> announced_wait(int dc) override { return floods_.before_files(dc); }
    const io::environment& environment() const noexcept override { return state_->environment(); }
    const config& settings() const noexcept override { return state_->settings; }
    void close() noexcept override;

    // For connections for files.
    int home() const noexcept { return state_->session.home(); }
    dc_pool& data_centres() noexcept { return pool_; }
    core::authorizations& authorizations() noexcept { return authorizations_; }

  private:
    void lease_changed(lease_state to, const failure& why);
    static io::awaitable<void> refresh_if_due(std::shared_ptr<connected_account> self);
    outcome<void> may_log_in() const;
    login_site site_of_login();
    io::awaitable<outcome<void>> move_home(int dc);
    outcome<account> store_login(outcome<granted> login);

    std::shared_ptr<account_state> state_;
    lease_watch lease_;
    flood_sharing sharing_;
    configuration configuration_;
    dc_pool pool_;
    cdn_pool cdns_;
    flood_waits floods_;
    core::authorizations authorizations_;
    requests requests_;
    std::map<std::pair<int, int>, std::shared_ptr<file_connection>>
        file_connections_;  // by data centre and index
};

}  // namespace mtproto::core
