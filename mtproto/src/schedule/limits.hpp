// What all downloads of one account share.
#pragma once

#include "schedule/byte_budget.hpp"
#include "schedule/flood_gate.hpp"
#include "schedule/line_turns.hpp"

#include <map>

namespace mtproto::schedule {

/// One for each account's runtime.
class limits {
  public:
    explicit limits(std::int64_t byte_capacity) : budget_(byte_capacity) {}

    byte_budget& budget() noexcept { return budget_; }
    /// The gate of the account at `dc`. The reference stays valid.
    flood_gate& gate(int dc) { return gates_[dc]; }
    /// Of the lines to `dc`. The same.
    line_turns& turns(int dc) { return turns_[dc]; }

  private:
    byte_budget budget_;
    std::map<int, flood_gate> gates_;
    std::map<int, line_turns> turns_;
};

}  // namespace mtproto::schedule
