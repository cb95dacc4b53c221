// Reads redirects to CDNs, and opens by AES-256-CTR from any offset.
#include "download/cdn_file.hpp"

#include "crypto/aes_ctr.hpp"
#include "download/hash_list.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <algorithm>
#include <string>

namespace mtproto::download {

outcome<cdn_file> cdn_file::read(const tl::upload::fileCdnRedirect& redirect, std::int64_t size) {
    cdn_file made;
    if (redirect.dc_id <= 0 || redirect.encryption_key.size() != made.key_.size() ||
        redirect.encryption_iv.size() != made.iv_.size())
        return failure(errc::malformed, "a redirect to a CDN that leads nowhere");
    auto told = checked_hashes(redirect.file_hashes, size);
    if (!told) return told.error();
    made.dc_ = redirect.dc_id;
    made.token_ = bytes::copy(redirect.file_token);
    std::copy(redirect.encryption_key.begin(), redirect.encryption_key.end(), made.key_.begin());
    std::copy(redirect.encryption_iv.begin(), redirect.encryption_iv.end(), made.iv_.begin());
    made.know(*told);
    return made;
}

bytes cdn_file::request(std::int64_t offset, std::int32_t limit) const {
    tl::upload::getCdnFile made;
    made.file_token = token_;
    made.offset = offset;
    made.limit = limit;
    return tl::encode(made);
}

bytes cdn_file::decrypted(const bytes& data, std::int64_t offset) const {
    // The counter's last 32 bits are the block's number (protocol 8.3).
    std::array<std::byte, 16> counter = iv_;
    const auto number = static_cast<std::uint32_t>(offset / 16);
    for (std::size_t i = 0; i < 4; ++i)
        counter[12 + i] = static_cast<std::byte>(number >> (24 - 8 * i));
    const buffer made = buffer::allocate(data.size());
    crypto::aes_ctr(key_, counter).apply(data, made.span().first(data.size()));
    return {made, 0, data.size()};
}

std::vector<file_hash> cdn_file::take_hashes(std::int64_t offset) {
    if (hashes_.first_gap(offset, offset + 1)) return {};
    const std::int64_t end = offset - offset % hash_block + hash_block;
    std::vector<file_hash> given = hashes_.touching(offset, end);
    hashes_.forget(offset, end);
    return given;
}

}  // namespace mtproto::download
