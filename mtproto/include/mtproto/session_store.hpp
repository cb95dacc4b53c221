// Where a login is kept between runs: a file, memory, or the embedder's own place.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace mtproto {

/// What is kept of one data centre. `auth_key` is a secret of 256 bytes.
struct stored_dc {
    std::vector<std::byte> auth_key;
    std::int64_t salt = 0;
    bool authorized = false;  ///< an authorization was given or imported under this key
};

/// What is kept of one account on one cluster. Copies hold secrets: keep them short-lived.
struct stored_session {
    int home_dc = 0;
    std::map<int, stored_dc> dcs;
    std::int64_t user_id = 0;  ///< 0 until logged in
    bool bot = false;
};

/// Loads and saves a session. Called on the client's executor; a slow one holds the client up.
class session_store {
  public:
    virtual ~session_store() = default;

    /// Tells apart clusters that must not share keys. Called before load(). `cluster` is the fingerprint of
    /// the first of the cluster's RSA keys in hexadecimal digits.
    virtual void select(std::string_view cluster) = 0;
    /// Nothing when there is none yet. Error: errc::session_file with the reason.
    virtual outcome<std::optional<stored_session>> load() = 0;
    /// Replaces what was kept, all of it or nothing. Error: errc::session_file with the reason.
    virtual outcome<void> save(const stored_session& session) = 0;
    virtual outcome<void> remove() = 0;
};

/// A file with mode 0600, written beside and renamed into place. The cluster's fingerprint is put before the
/// extension ("me.session" becomes "me.<cluster>.session"), so that test clusters never touch a production
/// login. A file that others than its owner can read is refused.
std::shared_ptr<session_store> file_session(std::filesystem::path path);

/// Forgotten with the last reference to it.
std::shared_ptr<session_store> memory_session();

}  // namespace mtproto
