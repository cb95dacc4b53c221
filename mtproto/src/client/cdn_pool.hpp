// The CDNs that one account is sent to: addresses and RSA keys from the home data centre, nobody signed in.
#pragma once

#include "client/account_state.hpp"
#include "client/cdn_connection.hpp"
#include "client/configuration.hpp"
#include "crypto/rsa.hpp"
#include "net/key_slot.hpp"

#include <map>
#include <memory>
#include <vector>

namespace mtproto::core {

/// Not thread safe. Its arguments outlive it, and its callers hold the account.
class cdn_pool {
  public:
    cdn_pool(account_state& account, configuration& servers, invoker& home)
        : account_(account), configuration_(servers), home_(home) {}

    /// The `index`-th connection to the CDN `dc` (protocol 8.3). Errors: errc::not_found for a CDN that the
    /// home data centre does not know, connection_closed, not_connected, those of the questions about it.
    io::awaitable<outcome<std::shared_ptr<file_connection>>> connection(int dc, int index);
    void set_addresses();
    void close() noexcept;

  private:
    struct cdn {
        std::vector<crypto::rsa_public_key> rsa_keys;
        std::shared_ptr<net::key_slot> key;  // temporary ones, bound to nothing (protocol 2.15)
        std::map<int, std::shared_ptr<cdn_connection>> connections;
    };

    io::awaitable<outcome<cdn*>> find(int dc);
    io::awaitable<outcome<std::vector<crypto::rsa_public_key>>> fetch_rsa_keys(int dc);

    account_state& account_;
    configuration& configuration_;
    invoker& home_;
    std::map<int, cdn> cdns_;
};

}  // namespace mtproto::core
