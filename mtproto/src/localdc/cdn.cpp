// Tokens and keys are hashes, so that nothing has to be kept for them.
#include "localdc/cdn.hpp"

#include "base/endian.hpp"
#include "localdc/digest_of.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mtproto::localdc {
namespace {

// What a digest is for.
enum purpose : std::int64_t { file_key = 1, file_iv, token_of_file, token_of_request };

constexpr std::size_t offset_size = sizeof(std::int64_t);

}  // namespace

cdn::cdn(server_key key, std::int64_t secret, bool empty)
    : rsa_key(std::move(key)), secret_(secret), empty_(empty) {
    dc.id = cdn_number;
}

cipher_of_part cdn::cipher(const served_file& file) const {
    cipher_of_part made;
    made.key = digest_of({secret_, file_key, file.document_id});
    const crypto::sha256_digest iv = digest_of({secret_, file_iv, file.document_id});
    std::copy_n(iv.begin(), made.iv.size(), made.iv.begin());
    return made;
}

bytes cdn::file_token(const served_file& file) const {
    return bytes::copy(digest_of({secret_, token_of_file, epoch_, file.document_id}));
}

const served_file* cdn::opened_by(const bytes& token, const catalogue& files) const {
    for (const served_message& each : files.messages())
        if (each.file && file_token(*each.file) == token) return each.file;
    return nullptr;
}

bytes cdn::request_token(const served_file& file, std::int64_t offset) const {
    std::array<std::byte, offset_size + sizeof(crypto::sha256_digest)> made;
    store_le(made.data(), offset);
    const crypto::sha256_digest proof =
        digest_of({secret_, token_of_request, epoch_, file.document_id, offset});
    std::copy(proof.begin(), proof.end(), made.data() + offset_size);
    return bytes::copy(made);
}

std::optional<std::int64_t> cdn::requested_by(const bytes& token, const served_file& file) const {
    if (token.size() < offset_size) return std::nullopt;
    const auto offset = load_le<std::int64_t>(token.data());
    if (token != request_token(file, offset)) return std::nullopt;
    return offset;
}

bool cdn::holds(const served_file& file) const {
    return !empty_ || given_.contains(file.document_id);
}

void cdn::give(const served_file& file) {
    given_.insert(file.document_id);
}

void cdn::forget_files() {
    empty_ = true;
    given_.clear();
}

}  // namespace mtproto::localdc
