// The places that a login is kept in between runs: a file, memory, or one of the embedder's.
#pragma once

#include <mtproto/account_lease.hpp>
#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace mtproto {

/// The key of one data centre. `auth_key` is a secret of 256 bytes.
struct stored_dc {
    stored_dc() = default;

    std::vector<std::byte> auth_key;
    std::int64_t salt = 0;
    bool authorized = false;  ///< an authorization was given or imported under this key
};

/// The login of one account on one cluster. Copies hold secrets: keep them short-lived.
struct stored_session {
    stored_session() = default;

    int home_dc = 0;
    std::map<int, stored_dc> dcs;
    std::int64_t user_id = 0;  ///< 0 until logged in
    bool bot = false;
    /// More of the login, by a number that says what it is. Those that nobody here knows are kept.
    std::map<std::uint32_t, std::vector<std::byte>> parts;
};

/// Parts from this number on are secrets as strong as a login code: a store that does not encrypt leaves them
/// out.
inline constexpr std::uint32_t first_secret_part = 0x8000'0000;

/// What becomes of a stored session: called with what is stored at this moment, nothing where there is none.
/// Leaves in its place what is to be stored; nothing removes it. Gives false when nothing is to be written.
/// It depends on its argument alone, so it may be called again; it does no I/O and does not throw.
using session_edit = std::function<bool(std::optional<stored_session>& stored)>;

/// Loads and changes a session. One store serves one client at a time. A store of the library keeps others
/// out for as long as it lives, by a lock or a lease: two users of one key end the login. One of an
/// embedder's may let other processes in, and other machines. Called on the client's executor, a few times at
/// a login and a connect(), and with each new salt, about once an hour for a data centre; a slow one holds
/// the client up. A client never stores its own copy of all: each change is applied to what is stored by
/// then, so nobody undoes what another has stored. For a store of one's own:
///
/// - `update` reads, edits and writes as one step, as others see it. A file takes a lock. SQL takes a
///   transaction that begins with the write lock (BEGIN IMMEDIATE, SELECT ... FOR UPDATE). A server of keys
///   and values compares the version that was read when it writes (WATCH), and begins again when it is
///   another.
/// - What cannot be read, as it is encrypted under a key that is not known, is an error, and is not replaced.
/// - An error leaves what was stored, whole. The client then goes on in memory; only login and logout fail.
/// - Functions return failures and need not throw. When one throws, that counts as errc::session_file, and
///   the call that is under way throws the exception (config).
/// - It never lets two callers see one value and both write: a lease that has run out must fail the write.
///   A store that takes a lease gives it to the client (lease()), which says when it cannot be renewed, and
///   ends with errc::account_in_use when it is lost.
class session_store {
  public:
    virtual ~session_store() = default;

    /// Tells apart clusters that must not share keys. Called before everything else, once for each client.
    /// `cluster` is the fingerprint of the first of the cluster's RSA keys in hexadecimal digits.
    virtual void select(std::string_view cluster) = 0;
    /// Nothing when there is none yet. Errors: errc::session_file with the reason; errc::account_in_use.
    virtual outcome<std::optional<stored_session>> load() = 0;
    /// Applies `edit` to what is stored now, all of it or nothing. Error: errc::session_file with the reason.
    virtual outcome<void> update(const session_edit& edit) = 0;
    /// What load() took; its listener is the client's from then on. Null where there is none.
    virtual std::shared_ptr<account_lease> lease() { return nullptr; }

    /// Puts `session` in the place of whatever is stored. For moving one from store to store.
    outcome<void> save(const stored_session& session);
    outcome<void> remove();
};

/// A file with mode 0600, written beside and renamed into place; a folder that is missing is made with mode
/// 0700. The cluster's fingerprint is put before the extension ("me.session" becomes "me.<cluster>.session"),
/// so that test clusters never touch a production login. From the first load() or update() until the store
/// goes it keeps a lock, on NAME.used, which holds between containers that share the folder, too: another
/// store at the same path is refused with errc::account_in_use. update() holds another lock, on NAME.lock,
/// for ten seconds of waiting at most. A file system without locks goes without. A file that others can read
/// or write, one of another user, a symbolic link of another user, and one that is encrypted are refused, for
/// reading and for writing; the error's text says what to do. A symbolic link of this user is followed and
/// stays one. Changing nothing needs no folder that can be written: a read-only volume serves.
std::shared_ptr<session_store> file_session(std::filesystem::path path);

/// The same, encrypted: scrypt (N = 2^17, r = 8, p = 1) makes the key, once, which takes half a second and
/// 128 MiB at the first load() of a file or the update() that makes it; AES-256-GCM encrypts. The passphrase
/// is overwritten then, and the key when the store goes: a store serves one cluster. A file that is not
/// encrypted, or was encrypted anew meanwhile, is refused and not written. Throws errc::bad_argument when the
/// passphrase is empty.
std::shared_ptr<session_store> file_session(std::filesystem::path path, std::string_view passphrase);

/// Gives the file of `cluster` that file_session(path) would keep another passphrase. Empty ones are none:
/// `from` of a file that is not encrypted, `to` of one that shall not be. No other process changes the file
/// meanwhile, and the store that uses it saves nothing any more. Takes the time of two keys. Error:
/// errc::session_file, also when there is no file.
outcome<void> change_passphrase(const std::filesystem::path& path, std::string_view cluster,
                                std::string_view from, std::string_view to);

/// What file_session(path, passphrase) would load for `cluster`, for who only looks: it takes no lock. An
/// empty passphrase is none. Error: errc::session_file.
outcome<std::optional<stored_session>> read_session(const std::filesystem::path& path,
                                                    std::string_view cluster,
                                                    std::string_view passphrase = {});

/// Whether the file that file_session(path) would keep for `cluster` is there and wants a passphrase.
/// cluster_name() gives the cluster's name.
bool session_is_encrypted(const std::filesystem::path& path, std::string_view cluster);

/// Forgotten with the last reference to it.
std::shared_ptr<session_store> memory_session();

}  // namespace mtproto
