// The failures of one download: the latest, those since the last good part, and the one that it ends by.
#pragma once

#include "download/losses.hpp"

#include <mtproto/error.hpp>

#include <optional>
#include <utility>

namespace mtproto::download {

class failure_record {
  public:
    /// A reference that is refused straight after it was renewed will not get better.
    static constexpr int most_repairs = 3;

    /// The event at hand reports it.
    void note(failure why) { latest_ = std::move(why); }
    /// The same, of a part or a connection.
    void lost(failure why) {
        losses_.add(why);
        note(std::move(why));
    }
    const failure& latest() const noexcept { return latest_; }
    void part_came() noexcept {
        repairs_ = 0;
        losses_ = {};
    }
    /// Whether the reference may be renewed, or another data centre gone to, once more.
    bool may_repair() noexcept { return ++repairs_ <= most_repairs; }

    /// Not a byte came for so long.
    void stalled(duration patience) { note(losses_.of_stall(patience)); }
    /// The download ends by the latest failure.
    void give_up() { end_ = losses_.of_end(latest_); }
    /// It ends by another reason than its own.
    void end_by(const failure& why) { end_ = why; }
    const std::optional<failure>& end() const noexcept { return end_; }
    void begin_anew() noexcept {
        end_.reset();
        repairs_ = 0;
    }

  private:
    failure latest_;
    losses losses_;
    std::optional<failure> end_;
    int repairs_ = 0;  ///< since the last good part
};

}  // namespace mtproto::download
