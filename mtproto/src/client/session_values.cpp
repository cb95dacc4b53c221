// Seals and opens values of a database, by AES-256-GCM.
#include "client/session_values.hpp"

#include "base/private_file.hpp"
#include "crypto/aes_gcm.hpp"
#include "crypto/sha.hpp"

#include <algorithm>
#include <string>

namespace mtproto::core {
namespace {

constexpr std::byte by_key{2};
constexpr std::size_t name_at = 1;
constexpr std::size_t value_nonce_at = name_at + 8;
constexpr std::size_t value_contents_at = value_nonce_at + crypto::gcm_nonce_size;
constexpr std::size_t key_size = 32;

std::span<const std::byte, crypto::gcm_nonce_size> nonce_of_value(byte_view payload) {
    return payload.subspan<value_nonce_at, crypto::gcm_nonce_size>();
}

int digit_of(std::byte letter) {
    const auto c = std::to_integer<char>(letter);
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// False when the text is no key.
bool read_digits(byte_view text, std::span<std::byte, key_size> into) {
    while (!text.empty() && (text.back() == std::byte{'\n'} || text.back() == std::byte{'\r'}))
        text = text.first(text.size() - 1);
    if (text.size() != 2 * key_size) return false;
    for (std::size_t i = 0; i < key_size; ++i) {
        const int high = digit_of(text[2 * i]), low = digit_of(text[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        into[i] = static_cast<std::byte>(high * 16 + low);
    }
    return true;
}

failure broken_value(const char* why) {
    return {errc::session_file, std::string("cannot be used (") + why + ")"};
}

}  // namespace

outcome<session_values> session_values::with_key_of(const std::filesystem::path& file) {
    constexpr std::size_t longest = 2 * key_size + 2;
    auto contents = read_private_file(file, longest);
    if (!contents) return failure(errc::session_file, contents.error().detail);
    if (!*contents) return failure(errc::session_file, file.string() + " is not there: it holds the key");
    const secret_buffer text(std::move(**contents));
    session_values made;
    crypto::secret<key_size>& key = made.key_.emplace();
    if (text.view().size() == key_size)
        std::copy(text.view().begin(), text.view().end(), key.data());
    else if (!read_digits(text.view(), key.span()))
        return failure(errc::session_file,
                       file.string() + " holds no key: 32 bytes, or 64 hexadecimal digits in one line");
    static constexpr std::string_view of_keys = "mtproto: the name of a storage key";
    secret_buffer named(of_keys.size() + key_size);
    std::copy(of_keys.begin(), of_keys.end(), reinterpret_cast<char*>(named.span().data()));
    std::copy(key.view().begin(), key.view().end(), named.span().begin() + of_keys.size());
    const crypto::sha256_digest digest = crypto::sha256(named.view());
    std::copy_n(digest.begin(), name_size, made.name_.begin());
    return made;
}

/// Frame, payload up to what is encrypted, and place.
secret_buffer session_values::header_of(byte_view payload, std::string_view place) const {
    const secret_buffer head = session_head(session_version::sealed, payload.size());
    const byte_view parts[] = {head.view(), payload.first(value_contents_at), as_bytes(place)};
    secret_buffer made(session_head_size + value_contents_at + place.size());
    auto out = made.span().begin();
    for (const byte_view part : parts)
        out = std::copy(part.begin(), part.end(), out);
    return made;
}

secret_buffer session_values::encode(const stored_session& session, std::string_view place,
                                     random_source& random) const {
    if (!key_) return encode_session(session);
    const secret_buffer plain = session_payload(session);
    secret_buffer payload(value_contents_at + plain.view().size() + crypto::gcm_tag_size);
    const byte_span out = payload.span();
    out[0] = by_key;
    std::copy(name_.begin(), name_.end(), out.begin() + name_at);
    random.fill(out.subspan(value_nonce_at, crypto::gcm_nonce_size));
    std::copy(plain.view().begin(), plain.view().end(), out.begin() + value_contents_at);
    crypto::gcm_seal(key_->span(), nonce_of_value(out), header_of(out, place).view(),
                     out.subspan(value_contents_at, plain.view().size()), out.last<crypto::gcm_tag_size>());
    return frame_session(session_version::sealed, payload.view());
}

outcome<stored_session> session_values::decode(byte_view value, std::string_view place) const {
    const outcome<framed_session> framed = unframe_session(value);
    if (!framed) return broken_value(framed.error().detail.c_str());
    if (framed->version == session_version::open) {
        // Taken silently, it would stay open while its owner believes it encrypted.
        if (key_) return failure(errc::session_file, "is not encrypted, but a key is given");
        outcome<stored_session> found = session_of_payload(framed->payload);
        if (!found) return broken_value(found.error().detail.c_str());
        return found;
    }
    const byte_view payload = framed->payload;
    if (payload.size() < value_contents_at + crypto::gcm_tag_size || payload[0] != by_key)
        return broken_value("encrypted in a way that is not known");
    if (!key_) return failure(errc::session_file, "is encrypted; give the file with its key");
    if (!std::equal(name_.begin(), name_.end(), payload.begin() + name_at))
        return failure(errc::session_file, "is encrypted under another key");
    secret_buffer plain(
        payload.subspan(value_contents_at, payload.size() - value_contents_at - crypto::gcm_tag_size));
    if (!crypto::gcm_open(key_->span(), nonce_of_value(payload), header_of(payload, place).view(),
                          plain.span(), payload.last<crypto::gcm_tag_size>()))
        return failure(errc::session_file, "does not open: somebody changed it, or moved it here");
    outcome<stored_session> found = session_of_payload(plain.view());
    if (!found) return broken_value(found.error().detail.c_str());
    return found;
}

}  // namespace mtproto::core
