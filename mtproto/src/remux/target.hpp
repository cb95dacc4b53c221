// Where the rewritten container goes: a file, or fragments for whoever awaits them. The worker's side.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>

namespace mtproto::remuxing {

class target {
  public:
    virtual ~target() = default;
    /// At `offset`, which is the end of what is written unless can_seek().
    virtual outcome<void> write(std::int64_t offset, byte_view data) = 0;
    /// What follows is the header, or a fragment. Not every fragment begins with a key frame.
    virtual outcome<void> begin_fragment() { return {}; }
    virtual bool can_seek() const noexcept { return false; }
    /// Of what was written; fewer bytes at its end. Only where can_seek().
    virtual outcome<std::size_t> read(std::int64_t offset, byte_span into) = 0;
    /// All is written.
    virtual outcome<void> finish() = 0;
};

}  // namespace mtproto::remuxing
