// Hands the settings of an account to its services, and reads its session.
#include "client/account_state.hpp"

#include "client/route.hpp"

#include <utility>

namespace mtproto::core {

account_state::account_state(io::environment environment, config chosen_settings,
                             std::shared_ptr<const void> alive, account_options chosen_options)
    : settings(std::move(chosen_settings)),
      options(chosen_options),
      services(std::make_shared<net::services>(std::move(environment), std::move(alive))),
      waits(std::make_shared<wait_list>(services->environment, services, settings.on_wait)),
      session([to = services.get()](log_level level, const std::string& line) { to->log(level, line); }),
      lifetime(services->environment.executor, *services->environment.time),
      servers(settings.servers.addresses),
      news(services->environment.executor) {
    if (!settings.session) settings.session = memory_session();
    services->max_wait = settings.max_wait;
    services->test_cluster = settings.servers.test;
    services->client.api_id = settings.api.id;
    services->client.device_model = settings.device_model;
    services->client.system_version = settings.system_version;
    services->client.app_version = settings.app_version;
    services->client.language = settings.language;
}

outcome<void> account_state::load() {
    if (settings.api.id <= 0 || settings.api.hash.empty())
        return failure(errc::bad_argument,
                       "api_id and api_hash are missing: get them at https://my.telegram.org");
    outcome<net::route> route = route_of(settings);
    if (!route) return route.error();
    const io::environment& on = services->environment;
    services->dialer = std::make_unique<net::route_dialer>(*on.net, *on.time, *on.random, std::move(*route));
    services->rsa_keys.clear();
    for (const std::string& pem : settings.servers.rsa_public_keys) {
        const result<crypto::rsa_public_key> key = crypto::rsa_public_key::from_pem(pem);
        if (!key) return failure(errc::bad_argument, "the cluster's RSA key is no PEM of 2048 bits");
        services->rsa_keys.push_back(*key);
    }
    if (services->rsa_keys.empty()) return failure(errc::bad_argument, "the cluster has no RSA key");

    return session.load(settings.session, cluster_name(settings.servers), settings.servers.home_dc);
}

}  // namespace mtproto::core
