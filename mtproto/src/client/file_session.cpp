// A session in a file, one for each cluster: open, or under a passphrase.
#include "base/private_file.hpp"
#include "client/sealed_session.hpp"
#include "client/session_format.hpp"

#include <mtproto/random.hpp>
#include <mtproto/session_store.hpp>

#include <string>
#include <utility>

namespace mtproto {
namespace {

namespace fs = std::filesystem;

fs::path path_for(const fs::path& base, std::string_view cluster) {
    fs::path name = base.stem();
    name += "." + std::string(cluster);
    name += base.extension();
    return base.parent_path() / name;
}

class file_store final : public session_store {
  public:
    /// An empty passphrase is none.
    file_store(fs::path path, std::string_view passphrase)
        : base_(std::move(path)),
          path_(base_),
          encrypted_(!passphrase.empty()),
          passphrase_(as_bytes(passphrase)) {}

    void select(std::string_view cluster) override {
        use_.reset();
        path_ = path_for(base_, cluster);
    }

    outcome<std::optional<stored_session>> load() override {
        if (const outcome<void> ours = use(); !ours) return ours.error();
        return read();
    }

    outcome<void> update(const session_edit& edit) override {
        if (const outcome<void> ours = use(); !ours) return ours.error();
        const outcome<file_lock> held = file_lock::take(path_);
        if (!held) return as_session_error(held.error());
        outcome<std::optional<stored_session>> now = read();
        if (!now) return now.error();
        const core::keys_wiped guard(*now);
        if (!edit(*now)) return {};
        if (*now) return write(**now);
        const outcome<void> removed = remove_private_file(path_);
        if (!removed) return as_session_error(removed.error());
        return {};
    }

    /// As update(), and encrypted as `to` does it from then on.
    outcome<void> hand_over(file_store& to) {
        const outcome<file_lock> held = file_lock::take(path_);
        if (!held) return as_session_error(held.error());
        outcome<std::optional<stored_session>> now = read();
        if (!now) return now.error();
        const core::keys_wiped guard(*now);
        if (!*now) return failed("is not there");
        return to.write(**now);
    }

    /// As load(), for who only looks.
    outcome<std::optional<stored_session>> read() {
        auto contents = read_private_file(path_, core::max_session_size);
        if (!contents) return as_session_error(contents.error());
        if (!*contents) return std::optional<stored_session>();
        const core::secret_buffer file(std::move(**contents));
        const outcome<core::framed_session> framed = core::unframe_session(file.view());
        if (!framed) return useless(framed.error());
        outcome<stored_session> found = framed->version == core::session_version::sealed
                                            ? load_sealed(framed->payload)
                                            : load_open(framed->payload);
        if (!found) return found.error();
        return std::optional<stored_session>(std::move(*found));
    }

  private:
    /// From the first look at the file on: whoever reads a key is about to use it.
    outcome<void> use() {
        if (use_ && use_->holds()) return {};
        outcome<file_lock> taken = file_lock::for_use(path_);
        if (!taken && taken.error().code == errc::account_in_use) return taken.error();
        if (!taken) return as_session_error(taken.error());
        use_.emplace(std::move(*taken));
        return {};
    }

    outcome<void> write(const stored_session& session) {
        if (encrypted_ && !seal_) {
            core::seal_terms fresh;
            system_random().fill(fresh.salt);
            if (outcome<void> made = make_seal(fresh); !made) return made;
        }
        const core::secret_buffer file =
            seal_ ? seal_->seal(session, system_random()) : core::encode_session(session);
        const outcome<void> written = replace_file(path_, file.view());
        if (!written) return as_session_error(written.error());
        return {};
    }

    outcome<stored_session> load_open(byte_view payload) const {
        // Taken silently, it would stay open while its owner believes it encrypted.
        if (encrypted_)
            return failed("is not encrypted, but a passphrase is given; encrypt it, or give none");
        outcome<stored_session> read = core::session_of_payload(payload);
        if (!read) return useless(read.error());
        return read;
    }

    outcome<stored_session> load_sealed(byte_view payload) {
        if (!encrypted_) return failed("is encrypted; give its passphrase");
        const outcome<core::seal_terms> terms = core::terms_of(payload);
        if (!terms) return useless(terms.error());
        if (const outcome<void> made = make_seal(*terms); !made) return made.error();
        outcome<std::optional<stored_session>> opened = seal_->open(payload);
        if (!opened) return useless(opened.error());
        if (!*opened) return failed("does not open: this is not its passphrase, or somebody changed it");
        return std::move(**opened);
    }

    /// scrypt's work, once: the passphrase is not kept for another time.
    outcome<void> make_seal(const core::seal_terms& terms) {
        if (seal_ && seal_->terms() == terms) return {};
        if (seal_) return failed("does not open any more: it was encrypted anew since");
        outcome<core::session_seal> made = core::session_seal::derive(passphrase_.view(), terms);
        if (!made) return failed("cannot be used: " + made.error().detail);
        seal_ = std::move(*made);
        passphrase_ = core::secret_buffer();
        return {};
    }

    failure failed(const std::string& why) const { return {errc::session_file, path_.string() + " " + why}; }
    failure useless(const failure& why) const {
        return failed("cannot be used (" + why.detail + "); remove it and log in again");
    }
    static failure as_session_error(const failure& why) { return {errc::session_file, why.detail}; }

    fs::path base_;
    fs::path path_;
    bool encrypted_;
    core::secret_buffer passphrase_;  // until seal_ is there
    std::optional<core::session_seal> seal_;
    std::optional<file_lock> use_;
};

}  // namespace

std::shared_ptr<session_store> file_session(std::filesystem::path path) {
    return std::make_shared<file_store>(std::move(path), std::string_view());
}

std::shared_ptr<session_store> file_session(std::filesystem::path path, std::string_view passphrase) {
    if (passphrase.empty()) throw error(failure(errc::bad_argument, "the session's passphrase is empty"));
    return std::make_shared<file_store>(std::move(path), passphrase);
}

outcome<void> change_passphrase(const std::filesystem::path& path, std::string_view cluster,
                                std::string_view from, std::string_view to) {
    file_store before(path, from), after(path, to);
    before.select(cluster);
    after.select(cluster);
    return before.hand_over(after);
}

outcome<std::optional<stored_session>> read_session(const std::filesystem::path& path,
                                                    std::string_view cluster, std::string_view passphrase) {
    file_store store(path, passphrase);
    store.select(cluster);
    return store.read();
}

bool session_is_encrypted(const std::filesystem::path& path, std::string_view cluster) {
    auto contents = read_private_file(path_for(path, cluster), core::max_session_size);
    if (!contents || !*contents) return false;
    const core::secret_buffer file(std::move(**contents));
    const outcome<core::framed_session> framed = core::unframe_session(file.view());
    return framed && framed->version == core::session_version::sealed;
}

}  // namespace mtproto
