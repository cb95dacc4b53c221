// Connections to CDNs: addresses from the configuration, RSA keys from help.getCdnConfig, nobody signed in.
#include "client/engine.hpp"
#include "client/line.hpp"

#include <mtproto/tl_api.hpp>

#include <algorithm>

namespace mtproto::core {
namespace {

/// With each step of a connection to a CDN, as the file's data centre has all that is there.
constexpr duration patience = std::chrono::seconds(5);

failure unknown_cdn(int dc, const char* what) {
    failure made(errc::not_found, std::string("no ") + what + " of the CDN is known");
    made.dc = dc;
    return made;
}

}  // namespace

io::awaitable<outcome<std::vector<crypto::rsa_public_key>>> engine::cdn_keys(int dc) {
    const tl::help::getCdnConfig request{};
    const std::string method(tl::help::getCdnConfig::tl_name);
    const bytes encoded = tl::encode(request);
    const outcome<bytes> answer = co_await call_at(0, encoded, method, true);
    if (!answer) co_return answer.error();
    const result<tl::cdnConfig> told = tl::decode<tl::cdnConfig>(*answer);
    if (!told) co_return undecodable(told.error(), method);
    std::vector<crypto::rsa_public_key> keys;
    for (const tl::cdnPublicKey& each : told->public_keys) {
        if (each.dc_id != dc) continue;
        const result<crypto::rsa_public_key> key = crypto::rsa_public_key::from_pem(each.public_key);
        if (key) keys.push_back(*key);
    }
    co_return keys;
}

io::awaitable<outcome<engine::cdn*>> engine::find_cdn(int dc) {
    if (closed_) co_return failure(errc::connection_closed);
    if (!connected_) co_return failure(errc::not_connected, "connect() comes first");
    if (!cdn_table_.knows(dc)) {
        if (const outcome<void> fetched = co_await refresh_config(); !fetched) co_return fetched.error();
        if (!cdn_table_.knows(dc)) co_return unknown_cdn(dc, "address");
    }
    if (const auto known = cdns_.find(dc); known != cdns_.end()) co_return known->second.get();
    outcome<std::vector<crypto::rsa_public_key>> keys = co_await cdn_keys(dc);
    if (!keys) co_return keys.error();
    if (keys->empty()) co_return unknown_cdn(dc, "RSA key");
    std::unique_ptr<cdn>& slot = cdns_[dc];
    // Several may have asked for the keys at once.
    if (!slot) {
        slot = std::make_unique<cdn>();
        slot->rsa_keys = std::move(*keys);
        slot->key =
            std::make_shared<net::key_slot>(shared_->where.executor, limits_.temporary_key_lifetime, nullptr);
    }
    co_return slot.get();
}

io::awaitable<outcome<std::shared_ptr<file_line>>> engine::cdn_line(int dc, int index) {
    const auto self = shared_from_this();
    const outcome<cdn*> found = co_await find_cdn(dc);
    if (!found) co_return found.error();
    if (closed_) co_return failure(errc::connection_closed);
    cdn& at = **found;
    const int place = std::clamp(index, 0, most_lines - 1);
    std::shared_ptr<file_line>& line = at.lines[place];
    if (!line) {
        net::connection_options how;
        how.dc = dc;
        how.addresses = cdn_table_.addresses(dc);
        how.rsa_keys = at.rsa_keys;
        how.anonymous = true;
        how.give_up_at_first_failure = true;
        how.connect_timeout = patience;
        how.exchange_timeout = patience;
        std::shared_ptr<net::connection>& over = at.connections[place];
        over = net::connection::make(shared_, at.key, std::move(how));
        line = std::make_shared<cdn_line_over>(over);
    }
    co_return line;
}

}  // namespace mtproto::core
