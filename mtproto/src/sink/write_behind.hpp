// Keeps a large file from filling the page cache while it is written.
#pragma once

#include <cstdint>

namespace mtproto::sink {

/// A file that is written from its beginning to its end: the disk gets it all the while, so that the last
/// sync is short, and what the disk has leaves the page cache, where it would push out what others use.
/// Advice only: nothing fails, and nothing waits until the data is on the disk.
class write_behind {
  public:
    /// All bytes before `end` are written to `descriptor`.
    void wrote(int descriptor, std::int64_t end);

  private:
    std::int64_t begun_ = 0;  ///< what lies before is on its way to the disk
};

}  // namespace mtproto::sink
