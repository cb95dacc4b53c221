// The choice of the source that serves a file's parts, and the ways on when that one does not.
#pragma once

#include "download/part_source.hpp"
#include "schedule/flood_gate.hpp"

#include <mtproto/error.hpp>
#include <mtproto/wait.hpp>

#include <memory>
#include <optional>

namespace mtproto::download {

/// What holds parts up at one place, or at all places of a download.
class wait_view {
  public:
    /// Whether a flood wait holds back what is to be asked for there.
    virtual bool flooded(time_point now) = 0;
    /// The wait that parts are held up by, when none comes: the gate's flood before all else. Nothing when
    /// none is known here.
    virtual std::optional<wait_info> wait(time_point now) = 0;

  protected:
    ~wait_view() = default;
};

/// Shared by all that read one stream. Not thread safe. Coroutines as those of part_source.
class source_choice : public wait_view {
  public:
    virtual ~source_choice() = default;

    /// Parts are spread over the connections 0 to connections() - 1.
    virtual int connections() const = 0;
    /// The source that serves now.
    virtual std::shared_ptr<part_source> serving() = 0;
    /// Grows whenever another source serves, or the same one with a fresh reference.
    virtual int version() const = 0;
    /// The flood waits of the account at the place that serves.
    virtual schedule::flood_gate& gate() = 0;

    /// A request of `version` was told so: parts come from there. Nothing, if that version is past.
    virtual void follow(const moved& answer, int version) = 0;
    /// Renews a file reference that has expired. Calls for one and the same version share one renewal; when
    /// `version` is past already, there is nothing to do.
    virtual io::awaitable<outcome<void>> renew_reference(int version) = 0;
    /// Nothing of the file comes, over no connection: whether they lead to other addresses from now on.
    virtual io::awaitable<outcome<bool>> look_elsewhere() { co_return false; }

    bool flooded(time_point now) override {
        const schedule::flood_gate& shut = gate();
        return shut.recovering() && now < shut.not_before();
    }
    /// Until when a server has asked to wait before connections can be opened; nothing when none has.
    virtual std::optional<time_point> announced_wait() { return std::nullopt; }
    std::optional<wait_info> wait(time_point now) override;
};

}  // namespace mtproto::download
