// What all parts of one account stand on: its settings, its session, its lifetime, and what servers told it.
#pragma once

#include "client/account_lifetime.hpp"
#include "client/kept_session.hpp"
#include "client/runtime.hpp"
#include "client/server_config.hpp"
#include "client/wait_list.hpp"
#include "net/services.hpp"

#include <mtproto/config.hpp>

#include <functional>
#include <memory>

namespace mtproto::core {

/// One for each account, owned by shared_ptr: coroutines that go on by themselves hold it. Nothing in it is
/// of another account, but for the environment's objects.
struct account_state {
    account_state(io::environment environment, config chosen, std::shared_ptr<const void> alive,
                  runtime_limits shortened);

    /// Makes ready to connect: reads route, RSA keys and session. Errors: errc::bad_argument, the store's.
    outcome<void> load();

    const io::environment& environment() const noexcept { return services->where; }
    time_point now() const { return services->now(); }
    void log(log_level level, std::string_view line) const { services->log(level, line); }

    config settings;
    runtime_limits limits;
    std::shared_ptr<net::services> services;
    std::shared_ptr<wait_list> waits;
    kept_session session;
    account_lifetime lifetime;
    server_config servers;
    /// A data centre said that the address is not its own (-444).
    std::function<void()> on_wrong_dc;
};

}  // namespace mtproto::core
