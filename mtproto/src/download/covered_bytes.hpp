// Which bytes of a file have been delivered, each counted once however often it is read.
#pragma once

#include <cstdint>
#include <map>

namespace mtproto::download {

/// Ranges that never touch. What is read in order is one; a seek begins another.
class covered_bytes {
  public:
    /// Bytes `[begin, end)`.
    void add(std::int64_t begin, std::int64_t end);
    std::int64_t count() const noexcept { return count_; }

  private:
    std::map<std::int64_t, std::int64_t> ranges_;  ///< begin to end
    std::int64_t count_ = 0;
};

}  // namespace mtproto::download
