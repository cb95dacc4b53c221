// The places that one download reads from, by the scheduler's lanes.
#pragma once

#include "download/source_choice.hpp"
#include "download/stream_places.hpp"
#include "download/task.hpp"
#include "schedule/fair_queue.hpp"
#include "schedule/lanes.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/wait.hpp>

#include <array>
#include <memory>
#include <optional>

namespace mtproto::download {

/// One place as one download sees it.
struct download_lane {
    /// `who` stands in the queues of its connections, with this weight.
    download_lane(const stream_place& at, schedule::wakeable& who, int weight);

    /// The queue's number of a connection of this lane.
    int shared(int number) const { return queue ? queue->shared(number) : number; }
    /// Streams that begin later take connections first that are up.
    void note_up(int number, bool up);

    std::shared_ptr<source_choice> source;
    schedule::fair_queue* connections;  ///< null: not shared
    std::optional<schedule::fair_queue::flow> queue;
    int version;         ///< of the source whose gate the connections pass
    task_owner renewal;  ///< of its file reference
};

/// A download may be without any, while another account is looked for.
class download_lanes final : public wait_view {
  public:
    void put(int lane, std::unique_ptr<download_lane> made);
    void erase(int lane) noexcept { slot(lane).reset(); }
    void clear() noexcept { lanes_ = {}; }
    /// The embedder's strategy, while it has no lane.
    std::unique_ptr<window::strategy> spare;

    /// Null where there is none.
    download_lane* find(int lane) const noexcept;
    download_lane& of(int connection) const { return *find(schedule::lane_of(connection)); }
    /// The lane of a source; -1 when it has none.
    int find(const source_choice& at) const noexcept;
    bool empty() const noexcept;
    bool renewing() const noexcept;

    /// Whether flood waits hold all of them; and until when, the first of them.
    bool flooded(time_point now) override { return flooded_until(now).has_value(); }
    std::optional<time_point> flooded_until(time_point now) const;
    /// The flood that ends first where all are held up by one; else the wait of the first that is not.
    std::optional<wait_info> wait(time_point now) override;
    /// Until when servers have asked to wait before connections to any of them can be opened.
    std::optional<time_point> announced_wait() const;

    /// For each lane that there is, with its number.
    template <class Do>
    void each(Do what) const {
        for (int lane = 0; lane < schedule::most_lanes; ++lane)
            if (download_lane* const one = find(lane)) what(lane, *one);
    }

  private:
    std::unique_ptr<download_lane>& slot(int lane) noexcept { return lanes_[static_cast<std::size_t>(lane)]; }

    std::array<std::unique_ptr<download_lane>, schedule::most_lanes> lanes_;
};

}  // namespace mtproto::download
