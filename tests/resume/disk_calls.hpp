// The program's own calls to the system that change the disk, one of which never returns.
#pragma once

namespace mtproto::test {

/// SIGKILL in the middle of the `call`-th (from 1) such call of this process, after `share` (0 to 1) of it: a
/// write has written that much, another call has happened from one half on.
void die_at(int call, double share);

}  // namespace mtproto::test
