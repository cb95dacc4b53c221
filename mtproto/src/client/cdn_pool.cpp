// Learns of CDNs from help.getConfig and help.getCdnConfig, and connects to them.
#include "client/cdn_pool.hpp"

#include "client/data_centre.hpp"

#include <mtproto/tl_api.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace mtproto::core {
namespace {

/// With each step of a connection to a CDN, as the file's data centre has all that is there.
constexpr duration patience = std::chrono::seconds(5);

failure unknown_cdn(int dc, const char* missing) {
    failure made(errc::not_found, std::string("no ") + missing + " of the CDN is known");
    made.dc = dc;
    return made;
}

}  // namespace

io::awaitable<outcome<std::vector<crypto::rsa_public_key>>> cdn_pool::fetch_rsa_keys(int dc) {
    const tl::help::getCdnConfig request{};
    const outcome<tl::cdnConfig> answer = co_await call(home_, request);
    if (!answer) co_return answer.error();
    std::vector<crypto::rsa_public_key> keys;
    for (const tl::cdnPublicKey& each : answer->public_keys) {
        if (each.dc_id != dc) continue;
        const result<crypto::rsa_public_key> key = crypto::rsa_public_key::from_pem(each.public_key);
        if (key) keys.push_back(*key);
    }
    co_return keys;
}

io::awaitable<outcome<cdn_pool::cdn*>> cdn_pool::find(int dc) {
    if (const outcome<void> usable = account_.lifetime.check(); !usable) co_return usable.error();
    const dc_table& addresses = account_.servers.cdn_addresses;
    if (!addresses.knows(dc)) {
        if (const outcome<void> fetched = co_await configuration_.refresh(); !fetched)
            co_return fetched.error();
        if (!addresses.knows(dc)) co_return unknown_cdn(dc, "address");
    }
    if (const auto known = cdns_.find(dc); known != cdns_.end()) co_return &known->second;
    outcome<std::vector<crypto::rsa_public_key>> keys = co_await fetch_rsa_keys(dc);
    if (!keys) co_return keys.error();
    if (keys->empty()) co_return unknown_cdn(dc, "RSA key");
    // Several may have asked for the keys at once.
    const auto [slot, added] = cdns_.try_emplace(dc);
    cdn& made = slot->second;
    if (added) {
        made.rsa_keys = std::move(*keys);
        made.key = std::make_shared<net::key_slot>(account_.environment().executor,
                                                   account_.options.temporary_key_lifetime, nullptr);
    }
    co_return &made;
}

io::awaitable<outcome<std::shared_ptr<file_connection>>> cdn_pool::connection(int dc, int index) {
    const outcome<cdn*> found = co_await find(dc);
    if (!found) co_return found.error();
    if (account_.lifetime.closed()) co_return failure(errc::connection_closed);
    cdn& at = **found;
    std::shared_ptr<cdn_connection>& slot = at.connections[std::clamp(index, 0, most_file_connections - 1)];
    if (!slot) {
        net::connection_options options;
        options.dc = dc;
        options.addresses = account_.servers.cdn_addresses.addresses(dc);
        options.rsa_keys = at.rsa_keys;
        options.anonymous = true;
        options.give_up_at_first_failure = true;
        options.connect_timeout = patience;
        options.exchange_timeout = patience;
        slot = std::make_shared<cdn_connection>(
            net::connection::make(account_.services, at.key, std::move(options)));
    }
    co_return slot;
}

void cdn_pool::set_addresses() {
    for (const auto& [dc, each] : cdns_)
        for (const auto& [index, one] : each.connections)
            one->set_addresses(account_.servers.cdn_addresses.addresses(dc));
}

void cdn_pool::close() noexcept {
    for (const auto& [dc, each] : cdns_)
        for (const auto& [index, one] : each.connections)
            one->close();
}

}  // namespace mtproto::core
