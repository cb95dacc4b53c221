// Calls to the system that a file system may not know, made to fail in the whole test program.
#pragma once

#include <cstddef>
#include <sys/types.h>

namespace mtproto::test {

/// Which calls fail, and how, for as long as the object lives. 0: as the system does them.
struct refusals {
    int flock = 0;                 ///< errno
    int fchmod = 0;                ///< errno
    int fsync = 0;                 ///< errno
    int fdatasync = 0;             ///< errno
    int renameat2 = 0;             ///< errno
    int linkat = 0;                ///< errno
    std::size_t longest_name = 0;  ///< bytes; making a longer one is ENAMETOOLONG
    uid_t other_user = 0;          ///< whom geteuid() names; 0: this user
};

class refusing {
  public:
    explicit refusing(const refusals& what);
    refusing(const refusing&) = delete;
    refusing& operator=(const refusing&) = delete;
    ~refusing();
};

}  // namespace mtproto::test
