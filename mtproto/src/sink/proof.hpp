// What of a partial file is as it should be.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>
#include <mtproto/media.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace mtproto::sink {

/// Bytes `[begin, end)`.
struct extent {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

/// A file's beginning, compared with hashes window by window, in order. Pure but for reading the file.
class proof {
  public:
    /// As read_at() of the file.
    using reading = std::function<outcome<std::size_t>(std::int64_t offset, byte_span into)>;

    /// `on_disk`: bytes that are there and belong to the file.
    proof(reading of, std::int64_t on_disk) : read_(std::move(of)), on_disk_(on_disk) {}

    /// Windows that follow those before; one that was given before, or is not wholly on disk, is passed over.
    outcome<void> check(std::span<const file_hash> windows);

    /// Whether a byte was found right.
    bool found() const noexcept { return proved_end_ > 0; }
    /// The end of the last window that was given.
    std::int64_t seen() const noexcept { return seen_end_; }
    /// The end of the last window that is right: what lies behind it does not count.
    std::int64_t end() const noexcept { return proved_end_; }
    /// What is wrong before that, or has no hash; neighbours are one.
    const std::vector<extent>& gaps() const noexcept { return gaps_; }
    /// Reads the windows in the gaps again. False when one is still wrong.
    outcome<bool> is_mended() const;

  private:
    outcome<std::vector<bool>> compare(std::span<const file_hash> windows) const;

    reading read_;
    std::int64_t on_disk_;
    std::int64_t seen_end_ = 0;  ///< of all windows that were given
    std::int64_t proved_end_ = 0;
    std::vector<extent> gaps_;
    std::vector<file_hash> wrong_;  ///< some lie behind proved_end_
};

}  // namespace mtproto::sink
