// A session in a file, one for each cluster: open, or under a passphrase.
#include "client/private_file.hpp"
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
        : base_(std::move(path)), path_(base_), passphrase_(as_bytes(passphrase)) {}

    void select(std::string_view cluster) override { path_ = path_for(base_, cluster); }

    outcome<std::optional<stored_session>> load() override {
        const auto contents = core::read_private_file(path_, core::max_session_size);
        if (!contents) return contents.error();
        if (!*contents) return std::optional<stored_session>();
        const outcome<core::framed_session> framed = core::unframe_session((*contents)->view());
        if (!framed) return useless(framed.error());
        outcome<stored_session> read = framed->version == core::session_version::sealed
                                           ? load_sealed(framed->payload)
                                           : load_open(framed->payload);
        if (!read) return read.error();
        return std::optional<stored_session>(std::move(*read));
    }

    outcome<void> save(const stored_session& session) override {
        if (!with_passphrase())
            return core::replace_private_file(path_, core::encode_session(session).view());
        if (!seal_) {
            core::seal_terms fresh;
            system_random().fill(fresh.salt);
            if (outcome<void> made = make_seal(fresh); !made) return made;
        }
        return core::replace_private_file(path_, seal_->seal(session, system_random()).view());
    }

    outcome<void> remove() override { return core::remove_private_file(path_); }

  private:
    outcome<stored_session> load_open(byte_view payload) const {
        // Taken silently, it would stay open while its owner believes it encrypted.
        if (with_passphrase())
            return failed("is not encrypted, but a passphrase is given; encrypt it, or give none");
        outcome<stored_session> read = core::session_of_payload(payload);
        if (!read) return useless(read.error());
        return read;
    }

    outcome<stored_session> load_sealed(byte_view payload) {
        if (!with_passphrase()) return failed("is encrypted; give its passphrase");
        const outcome<core::seal_terms> terms = core::terms_of(payload);
        if (!terms) return useless(terms.error());
        if (const outcome<void> made = make_seal(*terms); !made) return made.error();
        outcome<std::optional<stored_session>> opened = seal_->open(payload);
        if (!opened) return useless(opened.error());
        if (!*opened) return failed("does not open: this is not its passphrase, or somebody changed it");
        return std::move(**opened);
    }

    outcome<void> make_seal(const core::seal_terms& terms) {
        if (seal_ && seal_->terms() == terms) return {};
        outcome<core::session_seal> made = core::session_seal::derive(passphrase_.view(), terms);
        if (!made) return failed("cannot be used: " + made.error().detail);
        seal_ = std::move(*made);
        return {};
    }

    bool with_passphrase() const noexcept { return !passphrase_.view().empty(); }
    failure failed(const std::string& why) const { return {errc::session_file, path_.string() + " " + why}; }
    failure useless(const failure& why) const {
        return failed("cannot be used (" + why.detail + "); remove it and log in again");
    }

    fs::path base_;
    fs::path path_;
    core::secret_buffer passphrase_;
    std::optional<core::session_seal> seal_;  // scrypt's work is done once
};

}  // namespace

std::shared_ptr<session_store> file_session(std::filesystem::path path) {
    return std::make_shared<file_store>(std::move(path), std::string_view());
}

std::shared_ptr<session_store> file_session(std::filesystem::path path, std::string_view passphrase) {
    if (passphrase.empty()) throw error(failure(errc::bad_argument, "the session's passphrase is empty"));
    return std::make_shared<file_store>(std::move(path), passphrase);
}

bool session_is_encrypted(const std::filesystem::path& path, std::string_view cluster) {
    const auto contents = core::read_private_file(path_for(path, cluster), core::max_session_size);
    if (!contents || !*contents) return false;
    const outcome<core::framed_session> framed = core::unframe_session((*contents)->view());
    return framed && framed->version == core::session_version::sealed;
}

}  // namespace mtproto
