// Making, keeping and finding the key again.
#include "localdc/server_key.hpp"

#include "base/private_file.hpp"
#include "crypto/secret.hpp"

#include <filesystem>
#include <optional>
#include <span>
#include <system_error>

namespace mtproto::localdc {
namespace {

constexpr std::size_t most_of_a_key = 64u << 10;  // bytes of PEM

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
    if (why) return failure(errc::io_failed, "cannot write " + folder + ": " + why.message());
    const std::filesystem::path absolute = std::filesystem::absolute(folder);
    const std::string private_path = (absolute / "server-key.pem").string();
    const std::string public_path = (absolute / "server-key.pub.pem").string();

    std::optional<crypto::rsa_private_key> key;
    auto kept = read_private_file(private_path, most_of_a_key);
    if (!kept) return kept.error();
    if (*kept) {
        // Never replaced unasked: clients know it.
        auto read = crypto::rsa_private_key::from_pem(as_text(**kept));
        crypto::wipe(**kept);
        if (!read)
            return failure(errc::io_failed,
                           private_path + " is not an RSA key of 2048 bits; without it a new one is made");
        key = *read;
    }
    if (!key) {
        auto made = make_key();
        if (!made) return failure(made.error());
        key = *made;
        std::string pem = key->to_pem();
        const outcome<void> written = replace_file(private_path, as_bytes(pem));
        crypto::wipe(std::as_writable_bytes(std::span(pem)));
        if (!written) return written.error();
    }
    const outcome<void> told =
        replace_file(public_path, as_bytes(key->public_key().to_pem()), file_readers::everybody);
    if (!told) return told.error();
    return server_key{*key, public_path};
}

}  // namespace mtproto::localdc
