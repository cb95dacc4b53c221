// Hedged requests: when a part is late and asked for again over another connection, and how often that may
// be.
#pragma once

#include "schedule/part_list.hpp"
#include "schedule/request_table.hpp"

#include <mtproto/window.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mtproto::schedule {

/// Keeps account of needless bytes: at most 2 % of all that came, and one part more.
class hedging {
  public:
    /// `strategy` says how late is late, and outlives this.
    explicit hedging(const window::strategy& strategy) : strategy_(strategy) {}

    /// The parts from the first undelivered one to here, exclusive, are watched for being late.
    std::size_t watched_end(const part_list& parts) const;
    /// When a part is late whose newest request is this.
    std::optional<time_point> late_at(const sent_request& newest) const;
    /// Bytes of the budget that are left free for hedges when parts are this large. Little, as they carry
    /// nothing where nothing is late.
    std::int64_t spare(std::int32_t part_size, std::int64_t read_ahead) const;

    /// Bytes that may have been hedged by now, while the download holds `held` of them.
    std::int64_t allowance(const part_list& parts, std::int64_t held) const;
    std::int64_t spent() const noexcept { return spent_; }
    void received(std::int64_t bytes) noexcept { received_ += bytes; }
    void spend(std::int64_t bytes) noexcept { spent_ += bytes; }
    /// The loser of a race was dropped, with `over` as its connection.
    void refund(ticket id, const sent_request& dropped, const connection& over) noexcept {
        spent_ -= unspent(id, dropped, over);
    }
    /// Bytes of a dropped request that cost nothing: when a later one has overtaken it, its answer had not
    /// begun to come.
    static std::int64_t unspent(ticket id, const sent_request& dropped, const connection& over) noexcept;

  private:
    const window::strategy& strategy_;
    std::int64_t received_ = 0;  ///< bytes, each part once
    std::int64_t spent_ = 0;     ///< bytes of hedges
};

}  // namespace mtproto::schedule
