// The hashes of a file that are known so far, by where their windows begin.
#pragma once

#include <mtproto/media.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace mtproto::download {

class hash_windows {
  public:
    /// What is known takes about 100 bytes a window: 512 MiB of a file in windows of 128 KiB. Beyond that
    /// those farthest from what comes are forgotten.
    static constexpr std::size_t most = 4096;

    /// Windows that are checked and in order; they take the place of what overlaps them.
    void add(std::span<const file_hash> told);
    /// Forgets the windows that touch `[begin, end)`.
    void forget(std::int64_t begin, std::int64_t end);

    /// The first byte of `[begin, end)` that no window covers, or nothing.
    std::optional<std::int64_t> first_gap(std::int64_t begin, std::int64_t end) const;
    /// The windows that touch `[begin, end)`, in order.
    std::vector<file_hash> touching(std::int64_t begin, std::int64_t end) const;

  private:
    using map = std::map<std::int64_t, file_hash>;
    map::const_iterator first_touching(std::int64_t begin) const;

    map windows_;
};

}  // namespace mtproto::download
