// Makes what the downloads of an account share, once, and hands its flood gates to the account's connections.
#include "download/account_downloads.hpp"

#include "client/account_connections.hpp"
#include "rpc/flood_policy.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace mtproto::download {
namespace {

/// Flood gates as connections know them: a request for a file waits for the gate of its data centre.
class gate_keeper final : public rpc::flood_keeper {
  public:
    explicit gate_keeper(std::shared_ptr<schedule::shared_resources> gates) : gates_(std::move(gates)) {}

    void hold(int dc, time_point now, duration wait) override { gates_->gate(dc).hold(now, wait); }
    std::optional<time_point> not_before(int dc, time_point now) override {
        const schedule::flood_gate& gate = gates_->gate(dc);
        if (!gate.recovering() || now >= gate.not_before()) return std::nullopt;
        return gate.not_before();
    }

  private:
    std::shared_ptr<schedule::shared_resources> gates_;
};

}  // namespace

account_downloads& downloads_of(core::account_connections& account) {
    auto& slot = account.attachments().downloads;
    if (slot) return *slot;
    constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
    slot = std::make_shared<account_downloads>(
        static_cast<std::int64_t>(std::min(account.settings().byte_budget, most)));
    if (rpc::flood_policy* floods = account.floods()) {
        std::shared_ptr<schedule::shared_resources> gates(slot, &slot->resources);
        floods->leave_to(std::make_shared<gate_keeper>(std::move(gates)), std::string(rpc::downloads),
                         account.environment().time->now());
    }
    return *slot;
}

}  // namespace mtproto::download
