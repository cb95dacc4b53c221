// Where a login is kept between runs: a file, memory, or the embedder's own place.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
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

/// A file with mode 0600, written beside and renamed into place; a folder that is missing is made with mode
/// 0700. The cluster's fingerprint is put before the extension ("me.session" becomes "me.<cluster>.session"),
/// so that test clusters never touch a production login. A file that others can read or write, one of another
/// user, a symbolic link, and one that is encrypted are refused; the error's text says what to do.
std::shared_ptr<session_store> file_session(std::filesystem::path path);

/// The same, encrypted: scrypt (N = 2^17, r = 8, p = 1) makes the key, once, which takes half a second and
/// 128 MiB at the first load() or save(); AES-256-GCM encrypts. A file that is not encrypted is refused. To
/// encrypt one, or to give it another passphrase or none, load() it from a store with the old and save() it
/// to a store with the new one. Passphrase and key are overwritten when the store goes. Throws
/// errc::bad_argument when the passphrase is empty.
std::shared_ptr<session_store> file_session(std::filesystem::path path, std::string_view passphrase);

/// Whether the file that file_session(path) would keep for `cluster` is there and wants a passphrase.
/// cluster_name() gives the cluster's name.
bool session_is_encrypted(const std::filesystem::path& path, std::string_view cluster);

/// Forgotten with the last reference to it.
std::shared_ptr<session_store> memory_session();

}  // namespace mtproto
