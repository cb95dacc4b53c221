// Shared state of one account's parts: settings, session, lifetime, addresses.
#pragma once

#include "client/account_connections.hpp"
#include "client/account_lifetime.hpp"
#include "client/login_news.hpp"
#include "client/server_config.hpp"
#include "client/synced_session.hpp"
#include "client/wait_list.hpp"
#include "net/services.hpp"

#include <mtproto/config.hpp>

#include <functional>
#include <memory>

namespace mtproto::core {

/// One for each account, owned by shared_ptr: coroutines that go on by themselves hold it. Accounts share
/// nothing but the environment's objects.
struct account_state {
    account_state(io::environment environment, config chosen_settings, std::shared_ptr<const void> alive,
                  account_options chosen_options);

    /// Makes ready to connect: reads route, RSA keys and session. Errors: errc::bad_argument, the store's.
    outcome<void> load();

    const io::environment& environment() const noexcept { return services->environment; }
    time_point now() const { return services->now(); }
    void log(log_level level, std::string_view line) const { services->log(level, line); }

    config settings;
    account_options options;
    std::shared_ptr<net::services> services;
    std::shared_ptr<wait_list> waits;
    synced_session session;
    account_lifetime lifetime;
    server_config servers;
    login_news news;
    /// A data centre said that the address is not its own (-444).
    std::function<void()> on_wrong_dc;
};

}  // namespace mtproto::core
