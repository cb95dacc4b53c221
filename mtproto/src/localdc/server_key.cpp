// Making, keeping and finding the key again.
#include "localdc/server_key.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace mtproto::localdc {
namespace {

constexpr mode_t only_owner = 0600;
constexpr mode_t everybody_reads = 0644;

failure cannot_write(const std::string& path, int reason) {
    return {errc::io_failed, "cannot write " + path + ": " + std::generic_category().message(reason)};
}

failure cannot_read(const std::string& path, int reason) {
    return {errc::io_failed, "cannot read " + path + ": " + std::generic_category().message(reason)};
}

// Nothing when there is no such file.
outcome<std::optional<std::string>> read_text(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && errno == ENOENT) return std::optional<std::string>();
    if (descriptor < 0) return cannot_read(path, errno);
    std::string text;
    std::array<char, 4096> some;
    for (;;) {
        const ssize_t count = ::read(descriptor, some.data(), some.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            const int reason = errno;
            ::close(descriptor);
            if (count < 0) return cannot_read(path, reason);
            return std::optional(std::move(text));
        }
        text.append(some.data(), static_cast<std::size_t>(count));
    }
}

// Under another name first: another process may be reading the old one. What was left under that name by a
// crash is not used: it may be open to others.
outcome<void> write_text(const std::string& path, std::string_view text, mode_t mode) {
    const std::string draft = path + ".new";
    ::unlink(draft.c_str());
    const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0) return cannot_write(draft, errno);
    ::fchmod(descriptor, mode);
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    const int reason = errno;
    ::close(descriptor);
    if (written != static_cast<ssize_t>(text.size())) return cannot_write(draft, reason);
    if (::rename(draft.c_str(), path.c_str()) != 0) return cannot_write(path, errno);
    return {};
}

result<crypto::rsa_private_key> make_key() {
    for (;;) {
        auto made = crypto::rsa_private_key::generate();
        if (!made || usable_fingerprint(made->public_key().fingerprint())) return made;
    }
}

}  // namespace

outcome<server_key> load_server_key(const std::string& folder) {
    if (folder.empty()) {
        auto made = make_key();
        if (!made) return failure(made.error());
        return server_key{*made, ""};
    }
    std::error_code why;
    std::filesystem::create_directories(folder, why);
    if (why) return cannot_write(folder, why.value());
    const std::filesystem::path absolute = std::filesystem::absolute(folder);
    const std::string private_path = (absolute / "server-key.pem").string();
    const std::string public_path = (absolute / "server-key.pub.pem").string();

    std::optional<crypto::rsa_private_key> key;
    const auto text = read_text(private_path);
    if (!text) return text.error();
    if (*text) {
        // Never replaced unasked: clients know it.
        auto read = crypto::rsa_private_key::from_pem(**text);
        if (!read)
            return failure(errc::io_failed,
                           private_path + " is not an RSA key of 2048 bits; without it a new one is made");
        key = *read;
    }
    if (!key) {
        auto made = make_key();
        if (!made) return failure(made.error());
        key = *made;
        if (auto kept = write_text(private_path, key->to_pem(), only_owner); !kept) return kept.error();
    }
    auto told = write_text(public_path, key->public_key().to_pem(), everybody_reads);
    if (!told) return told.error();
    return server_key{*key, public_path};
}

}  // namespace mtproto::localdc
