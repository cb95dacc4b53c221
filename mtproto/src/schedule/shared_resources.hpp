// The resources that all downloads of one account share: room for bytes, flood gates, queues of connections.
#pragma once

#include "schedule/byte_budget.hpp"
#include "schedule/fair_queue.hpp"
#include "schedule/flood_gate.hpp"

#include <map>

namespace mtproto::schedule {

/// One for each account.
class shared_resources {
  public:
    explicit shared_resources(std::int64_t byte_capacity) : budget_(byte_capacity) {}

    byte_budget& budget() noexcept { return budget_; }
    /// The gate of the account at `dc`. The reference stays valid.
    flood_gate& gate(int dc) { return gates_[dc]; }
    /// Before the connections to `dc`. The reference stays valid.
    fair_queue& queue(int dc) { return queues_[dc]; }

  private:
    byte_budget budget_;
    std::map<int, flood_gate> gates_;
    std::map<int, fair_queue> queues_;
};

}  // namespace mtproto::schedule
