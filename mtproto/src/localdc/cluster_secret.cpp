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

bytes cluster_secret::file_reference(std::int64_t document) const {
    const crypto::sha256_digest digest = digest_of({value_, reference_epoch_, document});
    return bytes::copy(byte_view(digest).first(file_reference_size));
}

}  // namespace mtproto::localdc
