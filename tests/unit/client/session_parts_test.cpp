// Parts of a stored session beside its keys: kept, bounded, and secrets only where they are encrypted.
#include "client/future_tokens.hpp"
#include "client/sealed_session.hpp"
#include "client/session_format.hpp"
#include "crypto/auth_key.hpp"
#include "crypto/seeded_random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace mtproto;

namespace {

constexpr std::uint32_t of_others = 77;

std::vector<std::byte> data_of(std::string_view text) {
    const byte_view view = as_bytes(text);
    return {view.begin(), view.end()};
}

stored_session with_parts() {
    stored_session made;
    made.home_dc = 2;
    made.user_id = 7;
    made.dcs[2].auth_key.assign(crypto::auth_key::size, std::byte{1});
    made.parts[of_others] = data_of("from another version");
    core::keep_future_tokens(made, as_bytes("token one"));
    made.parts[of_others] = data_of("from another version");
    return made;
}

}  // namespace

TEST_CASE("session parts: those that nobody knows are kept, and secrets are in no open file") {
    const stored_session session = with_parts();
    const core::secret_buffer file = core::encode_session(session);
    const std::string_view text(reinterpret_cast<const char*>(file.view().data()), file.view().size());
    CHECK(text.find("token one") == text.npos);
    const auto read = core::decode_session(file.view());
    REQUIRE(read.has_value());
    CHECK(read->parts.at(of_others) == data_of("from another version"));
    CHECK(core::future_tokens_of(*read).empty());
    CHECK(read->dcs.at(2).auth_key == session.dcs.at(2).auth_key);
}

TEST_CASE("session parts: under a passphrase the secrets are kept, too") {
    crypto::seeded_random random(5);
    core::seal_terms terms;
    terms.log2_n = core::seal_terms::least_log2_n;
    const auto seal = core::session_seal::derive(as_bytes("a passphrase"), terms);
    REQUIRE(seal.has_value());
    const core::secret_buffer file = seal->seal(with_parts(), random);
    const auto framed = core::unframe_session(file.view());
    REQUIRE(framed.has_value());
    const auto opened = seal->open(framed->payload);
    REQUIRE((opened.has_value() && opened->has_value()));
    const std::vector<bytes> tokens = core::future_tokens_of(**opened);
    REQUIRE(tokens.size() == 1);
    CHECK(tokens.front().text() == "token one");
}

TEST_CASE("session parts: a payload that is cut or wrong is refused, and none is read beyond its end") {
    const stored_session session = with_parts();
    const core::secret_buffer payload = core::secret_session_payload(session);
    const std::size_t bare =
        core::session_payload(stored_session{}).view().size() + 13 + crypto::auth_key::size;
    for (std::size_t size = 0; size < payload.view().size(); ++size) {
        const auto read = core::session_of_payload(payload.view().first(size));
        // Between two parts it may end.
        if (read) CHECK(size >= bare);
        if (read) CHECK(read->parts.size() < session.parts.size());
    }
    std::vector<std::byte> changed(payload.view().begin(), payload.view().end());
    changed[bare + 4] = std::byte{0xff};  // a length
    CHECK_FALSE(core::session_of_payload(changed).has_value());
}

TEST_CASE("session parts: what does not fit is left out, the keys never") {
    stored_session session = with_parts();
    session.parts[1] = std::vector<std::byte>(core::max_session_size);
    session.parts[2] = std::vector<std::byte>(core::max_session_size - 1000);
    const core::secret_buffer file = core::encode_session(session);
    CHECK(file.view().size() <= core::max_session_size);
    const auto read = core::decode_session(file.view());
    REQUIRE(read.has_value());
    CHECK_FALSE(read->parts.contains(1));
    CHECK(read->parts.contains(2));
    CHECK(read->dcs.size() == 1);
}

TEST_CASE("session parts: the newest twenty tokens are kept, and of an earlier login nothing else") {
    stored_session session = with_parts();
    for (int i = 0; i < 30; ++i)
        core::keep_future_tokens(session, as_bytes("token " + std::to_string(i)));
    CHECK_FALSE(session.parts.contains(of_others));
    const std::vector<bytes> kept = core::future_tokens_of(session);
    CHECK(kept.size() == core::most_future_tokens);
    CHECK(kept.front().text() == "token 29");
    CHECK(kept.back().text() == "token 10");

    session.parts[core::future_tokens_part] = data_of("\xff\xff no such length");
    CHECK(core::future_tokens_of(session).empty());
}
