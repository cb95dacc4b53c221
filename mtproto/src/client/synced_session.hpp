// The session as this process has it, in step with a store that other processes change, too.
#pragma once

#include "crypto/auth_key.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/log.hpp>
#include <mtproto/session_store.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mtproto::core {

/// Each change is applied to what is stored by then, never a copy of all (session_store::update):
///
/// - It is stored only where the store still holds the login that this process knows: the same user, with the
///   same key at home. A login that another process made stays; so does the absence of a session that was
///   removed. Only a login of this process replaces whatever there is.
/// - Of two keys for one data centre the authorized one stays. Of two that are both authorized, or both not,
///   the one that was stored first stays, unless it is the one that this process knew and replaces.
/// - A key that a server no longer seems to know stays stored until another is authorized in its place: that
///   was said by 4 bytes without proof (protocol 1.6). Only a packet that verifies ends a stored login or
///   removes a stored key.
///
/// A change that cannot be stored is logged once, and this process goes on in memory.
class synced_session {
  public:
    using log_function = std::function<void(log_level, const std::string&)>;

    explicit synced_session(log_function log) : log_(std::move(log)) {}
    synced_session(const synced_session&) = delete;
    synced_session& operator=(const synced_session&) = delete;
    ~synced_session();

    /// A session that has no home yet begins at `first_home`.
    outcome<void> load(std::shared_ptr<session_store> store, std::string_view cluster, int first_home);

    int home() const noexcept { return current_.home_dc; }
    bool logged_in() const noexcept { return current_.user_id != 0; }
    std::int64_t user() const noexcept { return current_.user_id; }
    /// Null when there is none.
    const stored_dc* find(int dc) const;
    bool authorized(int dc) const;
    /// The data centres that it has a key for.
    std::vector<int> centres() const;

    void key_made(int dc, const crypto::auth_key& key, std::int64_t salt);
    /// `key`: the one that the salt is for.
    void salt_changed(int dc, const crypto::auth_key& key, std::int64_t salt);
    /// The account was authorized at `dc` under the key that it has there.
    void authorization_made(int dc);
    /// In memory: the store learns of the next one.
    void authorization_lost(int dc);
    void home_moved(int dc);
    /// What the server said in a packet that verifies.
    void login_ended();
    /// The key of `dc` is given up. `proved`: by what the server said in a packet that verifies.
    void key_given_up(int dc, bool proved);

    /// Of this login and earlier ones, the newest first: each may stand for a code.
    std::vector<bytes> future_tokens() const;

    /// Replaces whatever is stored, but for such tokens. `future_token`: one more; empty: none. Error: the
    /// store's.
    outcome<void> logged_in(std::int64_t user, bool bot, byte_view future_token = {});
    /// Removes this login. Error: the store's.
    outcome<void> logged_out();

  private:
    using change = std::function<bool(stored_session& stored)>;

    bool is_ours(const stored_session& stored) const;
    bool gives_way(int dc, const stored_dc& stored) const;
    outcome<void> store(const change& edit);
    void try_to_store(const change& edit);
    void store_key(int dc);
    void end_login();

    log_function log_;
    std::shared_ptr<session_store> store_;
    stored_session current_;
    std::optional<stored_session> last_seen_;                       // in the store, by this process, last
    std::vector<std::pair<int, std::vector<std::byte>>> given_up_;  // data centres, and keys they had here
    bool failure_logged_ = false;
};

}  // namespace mtproto::core
