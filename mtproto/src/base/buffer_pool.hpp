// Blocks for received packets, kept for reuse: file data would otherwise cost a page fault for every 4 KiB.
#pragma once

#include <mtproto/bytes.hpp>

#include <memory>

namespace mtproto {

/// Hands out blocks in a few size classes and keeps returned ones, up to a limit in bytes.
/// Thread safe: a block may be released on any thread. Blocks may outlive the pool object.
class buffer_pool {
  public:
    /// Keeps at most `keep_bytes` of returned blocks.
    explicit buffer_pool(std::size_t keep_bytes = 16u << 20);
    ~buffer_pool();
    buffer_pool(const buffer_pool&) = delete;
    buffer_pool& operator=(const buffer_pool&) = delete;

    /// A block of at least `capacity` bytes, contents undefined.
    buffer take(std::size_t capacity);

  private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace mtproto
