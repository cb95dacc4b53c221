// The wait of a range's reader: since when, and for what.
#pragma once

#include "download/source_choice.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/wait.hpp>

#include <optional>

namespace mtproto::download {

/// Time is handed in.
class reader_wait {
  public:
    explicit reader_wait(bool paused) : paused_(paused) {}

    void begin(time_point now) noexcept { since_ = now; }
    void end() noexcept { since_.reset(); }
    /// Nothing while the reader does not wait.
    const std::optional<time_point>& since() const noexcept { return since_; }

    /// Waits of a pause are the embedder's own.
    void pause() noexcept { paused_ = true; }
    void resume(time_point now) noexcept {
        paused_ = false;
        if (since_) since_ = now;
    }

    /// The wait to tell of while the reader waits; nothing so far. `asked`: whether a request is under way.
    std::optional<wait_info> present(time_point now, wait_view& of, bool asked) const;

  private:
    std::optional<time_point> since_;
    bool paused_;
};

}  // namespace mtproto::download
