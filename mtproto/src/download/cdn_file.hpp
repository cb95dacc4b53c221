// A file as a CDN has it: encrypted, opened by a token, proved by hashes (protocol 8.3, 8.4).
#pragma once

#include "download/hash_windows.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>
#include <mtproto/fwd.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mtproto::download {

class cdn_file {
  public:
    /// `size`: of the file. errc::malformed when the redirect's parts cannot be what they should.
    static outcome<cdn_file> read(const tl::upload::fileCdnRedirect& redirect, std::int64_t size);

    int dc() const noexcept { return dc_; }
    const bytes& token() const noexcept { return token_; }
    /// upload.getCdnFile.
    bytes request(std::int64_t offset, std::int32_t limit) const;
    /// What the CDN's bytes at `offset`, a multiple of 16, stand for.
    bytes decrypted(const bytes& data, std::int64_t offset) const;

    /// Hashes that came without being asked for.
    void know(std::span<const file_hash> hashes) { hashes_.add(hashes); }
    /// Those of them from `offset` to the end of its MiB, each given once: when one does not prove its
    /// window, the next is to be a fresh one. None when the one that holds `offset` is not among them.
    std::vector<file_hash> take_hashes(std::int64_t offset);

  private:
    cdn_file() = default;

    int dc_ = 0;
    bytes token_;
    std::array<std::byte, 32> key_{};
    std::array<std::byte, 16> iv_{};
    hash_windows hashes_;
};

}  // namespace mtproto::download
