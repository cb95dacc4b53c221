// Where the parts of one file come from: connections to a data centre, or a test's own.
#pragma once

#include "io/awaitable.hpp"
#include "schedule/flood_gate.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>
#include <mtproto/wait.hpp>

#include <cstdint>
#include <optional>

namespace mtproto::download {

/// Not thread safe. The coroutines must be cancellable at every wait; whoever runs them keeps the source
/// alive.
class part_source {
  public:
    virtual ~part_source() = default;

    /// Lines to spread parts over are 0 to lines() - 1.
    virtual int lines() const = 0;
    /// Makes `line` ready, unless it is.
    virtual io::awaitable<outcome<void>> open(int line) = 0;
    /// Nothing comes over `line`: finds out whether it is dead, and makes it ready again if so.
    virtual io::awaitable<outcome<void>> check(int line) { return open(line); }
    /// At most `limit` bytes at `offset`, in the place and with the reference that repair() found last.
    /// Cancelling drops the request on the wire.
    virtual io::awaitable<outcome<bytes>> fetch(int line, std::int64_t offset, std::int32_t limit) = 0;

    /// Nothing of the file comes, over no line: whether its lines lead to other addresses from now on.
    virtual io::awaitable<outcome<bool>> look_elsewhere() { co_return false; }
    /// Until when a server has asked to wait before lines can be opened; nothing when none has.
    virtual std::optional<time_point> announced_wait() { return std::nullopt; }

    /// Renews what `why` complains of: a file reference that expired, a file that lives elsewhere. Calls for
    /// one and the same version share one renewal; when `version` is past already, there is nothing to do.
    virtual io::awaitable<outcome<void>> repair(failure why, int version) = 0;
    /// Grows with each repair.
    virtual int version() const = 0;

    /// Where flood waits of this source's account and data centre are kept; may change with a repair.
    virtual schedule::flood_gate& gate() = 0;
    /// What parts wait for, when none comes: the gate's flood before all else. Nothing that is known here:
    /// nothing.
    virtual std::optional<wait_info> wait(time_point now);
};

}  // namespace mtproto::download
