// Finds the gate of a place, among the resources that the downloads of its account share.
#include "download/place.hpp"

#include "client/runtime.hpp"
#include "download/cdn_file.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

namespace mtproto::download {
namespace {

/// Made when the first stream of an account is opened, since only the account knows the budget.
struct resources_slot {
    std::optional<schedule::limits> value;
};

}  // namespace

schedule::limits& shared_resources_of(core::runtime& account) {
    auto& slot = account.kept<resources_slot>().value;
    constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
    if (!slot) slot.emplace(static_cast<std::int64_t>(std::min(account.settings().byte_budget, most)));
    return *slot;
}

int place::serving_dc() const noexcept {
    return cdn ? cdn->dc() : dc;
}

schedule::flood_gate& place::gate() const {
    return shared_resources_of(*account).gate(serving_dc());
}

}  // namespace mtproto::download
