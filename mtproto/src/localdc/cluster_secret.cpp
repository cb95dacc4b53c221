// Access hashes and file references from the secret.
#include "localdc/cluster_secret.hpp"

#include "base/endian.hpp"
#include "localdc/digest_of.hpp"

namespace mtproto::localdc {
namespace {

constexpr std::size_t file_reference_size = 25;

}  // namespace

std::int64_t cluster_secret::access_hash(std::int64_t user, std::int64_t object) const {
    return load_le<std::int64_t>(digest_of({value_, user, object}).data());
}

// A mark of the user, then what only a reference that has not expired has.
bytes cluster_secret::file_reference(std::int64_t user, std::int64_t document) const {
    crypto::sha256_digest digest = digest_of({value_, reference_epoch_, user, document});
    store_le(digest.data(), reference_mark(user));
    return bytes::copy(byte_view(digest).first(file_reference_size));
}

bool cluster_secret::is_reference_of(std::int64_t user, byte_view reference) const {
    return reference.size() == file_reference_size &&
           load_le<std::int64_t>(reference.data()) == reference_mark(user);
}

std::int64_t cluster_secret::reference_mark(std::int64_t user) const {
    return load_le<std::int64_t>(digest_of({value_, user}).data());
}

}  // namespace mtproto::localdc
