// Goes through the session's keys.
#include "client/destroy_keys.hpp"

#include "crypto/auth_key.hpp"
#include "net/destroy_key.hpp"
#include "net/within.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mtproto::core {
namespace {

constexpr duration patience = std::chrono::seconds(5);  // with each
constexpr duration in_all = std::chrono::seconds(15);

io::awaitable<outcome<void>> destroy_one(account_state& account, int dc, const stored_dc& stored) {
    const auto key = crypto::auth_key::from(stored.auth_key);
    const std::vector<io::endpoint> addresses = account.servers.addresses.addresses(dc);
    if (!key || addresses.empty()) co_return outcome<void>();
    net::destination where;
    where.dc = dc;
    where.test = account.services->test_cluster;
    where.address = addresses.front();
    where.connect_timeout = patience;
    auto shared_key = std::make_shared<const crypto::auth_key>(*key);
    session::salt_book salts(stored.salt);
    co_return co_await net::destroy_key(*account.services, std::move(where), std::move(shared_key),
                                        std::move(salts), patience);
}

io::awaitable<outcome<void>> destroy_all(account_state& account) {
    const std::vector<int> centres = account.session.centres();
    for (const int dc : centres) {
        const stored_dc* stored = account.session.find(dc);
        if (stored == nullptr) continue;
        const outcome<void> done = co_await destroy_one(account, dc, *stored);
        if (!done)
            account.log(log_level::warning,
                        "DC " + std::to_string(dc) + " keeps a key: " + done.error().message());
    }
    co_return outcome<void>();
}

}  // namespace

io::awaitable<void> destroy_keys(account_state& account) {
    const time_point end = account.now() + in_all;
    io::awaitable<outcome<void>> destroying = destroy_all(account);
    const outcome<void> done = co_await net::within(*account.environment().time, end, std::move(destroying));
    if (!done) account.log(log_level::warning, "not all keys are destroyed: " + done.error().message());
}

}  // namespace mtproto::core
