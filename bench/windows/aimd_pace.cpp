// The pace that a simpler library would keep: halved at a flood, a little more in each second.
#include "base/seconds.hpp"
#include "windows/contestants.hpp"

#include <algorithm>
#include <deque>
#include <optional>

namespace mtproto::bench {
namespace {

/// So much may go out at once.
constexpr duration burst = std::chrono::milliseconds(50);
/// The rate that led to a flood is that of so long before it.
constexpr duration rate_span = std::chrono::seconds(1);
constexpr double least_rate = 64 * 1024;

class aimd final : public schedule::request_pace {
  public:
    explicit aimd(aimd_rules rules) noexcept : rules_(rules) {}

    void asked(time_point now, std::int64_t size) override {
        recent_.push_back({now, size});
        while (now - recent_.front().at > rate_span)
            recent_.pop_front();
        if (!resumed_) resumed_ = now;
        if (rate_ == 0) return;
        const std::chrono::duration<double> takes(static_cast<double>(size) / rate_);
        rate_ += rules_.rise * flooded_at_ * takes.count();
        next_ = std::max(next_, now - burst) + std::chrono::duration_cast<duration>(takes);
    }
    void answered(time_point, time_point) noexcept override {}
    void refused(time_point, std::int64_t) noexcept override {}
    void flooded(time_point asked_at) override {
        double asked = 0;
        for (const request& one : recent_)
            if (one.at <= asked_at) asked += static_cast<double>(one.size);
        const duration since = std::min(asked_at - resumed_.value_or(asked_at), rate_span);
        const bool known = since >= rate_span / 4;
        if (rate_ == 0 && !known) return;  // the flood is of something else, or of before
        const double measured = known ? asked / seconds(since) : rate_;
        flooded_at_ = rate_ == 0 ? measured : std::min(rate_, measured);
        rate_ = std::max(flooded_at_ * (rate_ == 0 ? rules_.first : rules_.later), least_rate);
        resumed_.reset();
    }

    time_point next() const noexcept override { return next_; }
    double rate() const noexcept override { return rate_; }

  private:
    struct request {
        time_point at;
        std::int64_t size = 0;
    };

    aimd_rules rules_;
    std::deque<request> recent_;         ///< of rate_span
    std::optional<time_point> resumed_;  ///< when something was asked for first after the last flood
    double flooded_at_ = 0;              ///< the rate at the last flood
    double rate_ = 0;
    time_point next_{};
};

}  // namespace

std::unique_ptr<schedule::request_pace> aimd_pace(aimd_rules rules) {
    return std::make_unique<aimd>(rules);
}

}  // namespace mtproto::bench
