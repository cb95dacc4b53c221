// One download's view of lines that it shares with others.
#pragma once

#include "download/part_source.hpp"
#include "schedule/fair_queue.hpp"

#include <memory>
#include <vector>

namespace mtproto::download {

/// Begins with the lines that are up and least busy, and notes which are up.
class renumbered_source final : public part_source {
  public:
    /// `turns` are of the data centre's lines, and live as long as `over`. `order`: the line that serves as
    /// each.
    renumbered_source(std::shared_ptr<part_source> over, schedule::fair_queue& turns, std::vector<int> order);

    int lines() const override { return over_->lines(); }
    io::awaitable<outcome<void>> open(int line) override;
    io::awaitable<outcome<bytes>> fetch(int line, std::int64_t offset, std::int32_t limit) override;
    io::awaitable<outcome<void>> check(int line) override;
    io::awaitable<outcome<bool>> look_elsewhere() override { return over_->look_elsewhere(); }
    std::optional<time_point> announced_wait() override { return over_->announced_wait(); }
    io::awaitable<outcome<void>> repair(failure why, int version) override;
    int version() const override { return over_->version(); }
    schedule::flood_gate& gate() override { return over_->gate(); }
    std::optional<wait_info> wait(time_point now) override { return over_->wait(now); }

  private:
    int place(int line) const { return order_[static_cast<std::size_t>(line)]; }

    std::shared_ptr<part_source> over_;
    schedule::fair_queue& turns_;
    std::vector<int> order_;
};

}  // namespace mtproto::download
