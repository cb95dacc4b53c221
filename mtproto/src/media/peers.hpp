// Chats by name or number, with the hashes that open them.
#pragma once

#include "client/account_connections.hpp"

#include <mtproto/known_peer.hpp>
#include <mtproto/tl_api.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mtproto::core {

struct peer {
    enum class kind { channel, user };

    kind type = kind::channel;
    std::int64_t id = 0;
    std::int64_t access_hash = 0;  ///< valid for this account only
};

/// Chats that one account has seen, in memory.
class peer_cache {
  public:
    const peer* find_name(const std::string& lower_case_name) const;
    const peer* find_channel(std::int64_t id) const;
    void remember_name(std::string lower_case_name, const peer& known);
    /// The channels among `chats` whose hash is whole.
    void remember_channels(const std::vector<tl::Chat>& chats);
    /// What somebody else has kept.
    void remember(const std::vector<known_peer>& known);
    void forget_name(const std::string& lower_case_name);
    void forget_channel(std::int64_t id);

  private:
    std::map<std::string, peer> names_;
    std::map<std::int64_t, peer> channels_;
};

/// Of this account: made when first asked for, gone with the account.
peer_cache& peers_of(account_connections& account);

/// contacts.resolveUsername, unless the name is known. Errors: errc::not_found.
io::awaitable<outcome<peer>> resolve_username(account_connections& account, std::string name);

/// The channel with this number, from the account's own chats: only there stands the hash that opens it.
/// Errors: errc::not_found.
io::awaitable<outcome<peer>> find_own_channel(account_connections& account, std::int64_t channel_id);

/// What a server's refusal of a chat or name means for people: errc::not_found with an explanation, and the
/// server's own words beside it, where the reason is known; `from` unchanged elsewhere.
failure explain_peer_error(const failure& from);

}  // namespace mtproto::core
