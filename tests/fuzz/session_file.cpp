// Session files from arbitrary bytes, and from arbitrary contents with a right frame around them.
#include "client/sealed_session.hpp"
#include "client/session_format.hpp"
#include "crypto/auth_key.hpp"
#include "fuzz.hpp"

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

/// What a sealed payload asks for is bounded. It opens only where it is a seed that was sealed with this key.
void check_sealed(byte_view payload) {
    static const core::session_seal seal = [] {
        core::seal_terms terms;
        terms.log2_n = core::seal_terms::least_log2_n;
        return core::session_seal::derive(as_bytes("x"), terms).value();
    }();
    const auto terms = core::terms_of(payload);
    if (!terms) return;
    fuzz::require(terms->log2_n <= core::seal_terms::most_log2_n, "no file asks for all memory");
    const auto opened = seal.open(payload);
    if (opened && *opened) check(core::encode_session(**opened).view());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes given = fuzz::own_copy(std::as_bytes(std::span(data, size)));
    check(given);
    check(core::frame_session(core::session_version::open, given).view());
    check(core::frame_session(core::session_version::sealed, given).view());
    check_sealed(given);
    return 0;
}
