// The msg_ids that were received lately, so that nothing is taken twice (protocol 4.4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mtproto::session {

/// The largest 1000 ids that were seen.
class replay_window {
  public:
    static constexpr std::size_t capacity = 1000;  ///< as many as TDLib keeps

    enum class verdict {
        fresh,
        duplicate,  ///< seen before: ignore it and acknowledge again
        too_old,    ///< below all of a full window: it cannot be told whether it was seen
    };

    /// Judges an id without remembering it.
    verdict judge(std::int64_t msg_id) const noexcept;
    /// Judges an id and, when fresh, remembers it.
    verdict admit(std::int64_t msg_id);
    bool seen(std::int64_t msg_id) const noexcept { return judge(msg_id) == verdict::duplicate; }
    /// Of the ids that are remembered; not to be called when there are none.
    std::int64_t smallest() const noexcept { return ids_.front(); }
    std::int64_t largest() const noexcept { return ids_.back(); }
    void clear() noexcept { ids_.clear(); }

  private:
    std::vector<std::int64_t> ids_;  // sorted
};

}  // namespace mtproto::session
