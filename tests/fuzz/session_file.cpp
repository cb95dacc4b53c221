// Session files from arbitrary bytes, and from arbitrary contents with a right frame around them.
#include "base/endian.hpp"
#include "client/session_format.hpp"
#include "crypto/auth_key.hpp"
#include "crypto/sha.hpp"
#include "fuzz.hpp"

#include <vector>

using namespace mtproto;

namespace {

void check(byte_view file) {
    const auto session = core::decode_session(file);
    if (!session) {
        fuzz::require(session.error().code == errc::session_file, "a wrong file is called one");
        return;
    }
    for (const auto& [id, dc] : session->dcs)
        fuzz::require(dc.auth_key.size() == crypto::auth_key::size, "keys are whole");
    const core::secret_buffer written = core::encode_session(*session);
    const auto again = core::decode_session(written.view());
    fuzz::require(again && again->dcs.size() == session->dcs.size(), "what was written can be read");
    const core::secret_buffer twice = core::encode_session(*again);
    fuzz::require(
        std::equal(written.view().begin(), written.view().end(), twice.view().begin(), twice.view().end()),
        "and is written the same way");
}

std::vector<std::byte> framed(byte_view payload) {
    const core::secret_buffer empty = core::encode_session({});
    constexpr std::size_t head = 8;  // "MTPS" and the version
    std::vector<std::byte> file(empty.view().begin(), empty.view().begin() + head);
    file.resize(head + sizeof(std::uint32_t));
    store_le(file.data() + head, static_cast<std::uint32_t>(payload.size()));
    file.insert(file.end(), payload.begin(), payload.end());
    const crypto::sha256_digest digest = crypto::sha256(file);
    file.insert(file.end(), digest.begin(), digest.end());
    return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes given = fuzz::own_copy(std::as_bytes(std::span(data, size)));
    check(given);
    const std::vector<std::byte> file = framed(given);
    check(file);
    return 0;
}
